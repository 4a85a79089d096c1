"""What doors call: the command line today, others later. One function for each thing a person wants."""
