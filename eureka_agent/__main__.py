"""`python -m eureka_agent` is the same as `eureka-agent`."""

from eureka_agent.cli.app import main

main()
