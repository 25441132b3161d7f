"""What one evaluation or prediction may cost a trainer."""

from __future__ import annotations

from graders.models.counting import parameter_count
from graders.models.inference import InferenceJob, work
from graders.models.training_limits import TrainingLimits, widest


def fits(job: InferenceJob, limits: TrainingLimits) -> bool:
    """Whether a trainer takes it: within the bounds that one training has too."""
    architecture, samples = job.architecture, job.x.shape[0]
    try:
        values = widest(architecture)
        return (
            len(architecture.operations) <= limits.operations
            and parameter_count(architecture) <= limits.parameters
            and values <= limits.values
            and samples <= limits.samples
            and min(job.batch_size, samples) * values <= limits.batch_values
            and -(-samples // job.batch_size) <= limits.steps
            and job.predicted_bytes <= limits.predicted_bytes
            and work(job) <= limits.work
        )
    except ValueError:
        return False
