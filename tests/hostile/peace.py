"""No attack at all: honest users alone, then silence. What fails here is no defence's fault."""

from resubmit import expect_silence


def run(trial):
    trial.found(4)
    trial.honest([0, 1])
    trial.endure(trial.crowd(), 8)
    trial.judge()
    expect_silence(trial)
