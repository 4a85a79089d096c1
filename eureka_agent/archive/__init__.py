"""Candidates, their evaluations, and who leads."""

from eureka_agent.archive.archive import Archive
from eureka_agent.archive.candidate import Candidate, EarlyStop, Evaluation, Status, candidate_id
from eureka_agent.archive.ranking import Verdict, judge

__all__ = ["Archive", "Candidate", "EarlyStop", "Evaluation", "Status", "Verdict", "candidate_id", "judge"]
