"""A Dask cluster: the same rows, though a worker is killed in the middle."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from distributed import LocalCluster

from experiments.job import perform
from experiments.plan import every_setting, make_plan
from experiments.report import reproduce
from experiments.results.units import Units
from experiments.studies import STUDIES
from experiments.workers import Crew
from proofs_check import CLAIMS
from scm.arguments import ArgumentError
from tests.experiments.conftest import TINY_T2
from tests.experiments.worker_studies import DEATHS, GRAVES, Embeddings


@pytest.fixture(scope="module")
def graves(tmp_path_factory):
    return tmp_path_factory.mktemp("graves")


@pytest.fixture(scope="module")
def cluster(graves):
    """Two workers, one of which dies at the setting ``wide``."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(GRAVES, str(graves))
        patch.setenv(DEATHS, "1")
        patch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
        with LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
        ) as cluster:
            yield cluster


@pytest.fixture
def study(hold):
    hold(STUDIES, {"embeddings": Embeddings()})
    hold(CLAIMS, {"T2": TINY_T2})
    return STUDIES["embeddings"]


@pytest.mark.usefixtures("study")
def test_a_cluster_gives_the_bits_of_one_process_though_a_worker_dies(
    cluster, graves, report_of_embeddings, tmp_path
):
    reproduce(tmp_path, crew=Crew(scheduler=cluster.scheduler_address))
    assert len(list(graves.iterdir())) == 1
    assert (tmp_path / "results.csv").read_bytes() == report_of_embeddings


def test_a_folder_that_a_worker_does_not_see_is_refused(cluster, study, tmp_path):
    """It is gone by the time that a worker looks."""
    units = Units.create(tmp_path / "results")
    plan = make_plan(every_setting(study, study.settings("quick")[1:2]), units)
    refused = pytest.raises(ArgumentError, match="out: expected a folder that all workers share")
    with refused, Crew(scheduler=cluster.scheduler_address).team() as team:
        shutil.rmtree(tmp_path / "results")
        perform(plan, units, team)
