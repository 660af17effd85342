"""Plans: what is stored or asked for twice is not done, and what shares a program is one piece."""

from __future__ import annotations

import pytest

from experiments.commands.work import print_plan
from experiments.expected import Earlier, expected_seconds
from experiments.job import perform
from experiments.measuring import measure
from experiments.plan import every_setting, make_plan
from experiments.results.units import Units
from experiments.studies import STUDIES
from experiments.workers import Team
from tests.experiments.worker_studies import Embeddings

STUDY = Embeddings()
SETTINGS = STUDY.settings("full")
ASKED = every_setting(STUDY, SETTINGS)
BY_NAME = {one.setting.name: one for one in ASKED}
PARTS = ("one", "one again", "further")
"""Settings that need the run of ``one``."""


def names(task):
    return tuple(work.asked.setting.name for work in task)


@pytest.fixture
def units(tmp_path):
    return Units.create(tmp_path)


def store_rows(units, name, seconds=8.0, steps=20):
    """Rows of a setting as they are stored, or all that plans read of them."""
    one = BY_NAME[name]
    rows = [
        {"study": STUDY.name, "setting": name, "metric": "loss", "seed": seed, "step": step}
        for seed in (0, 1)
        for step in (10, steps)
    ]
    units.save("rows", one.key, {"rows": rows, "seconds": seconds})


def test_all_is_to_do_where_nothing_is_stored(units):
    plan = make_plan(ASKED, units)
    assert [work.asked for work in plan.work] == ASKED
    runs = {run.key for work in plan.work for run in work.runs}
    assert len(runs) == 4
    programs = {work.asked.setting.name: set(work.programs) for work in plan.work}
    assert programs["exact"] == set()
    shared = programs["one"]
    assert len(shared) == 1
    assert all(programs[name] == shared for name in ("faster", "one again", "further"))
    assert len(programs["wide"]) == 1
    assert programs["wide"] != shared


def test_a_run_that_another_starts_from_comes_before_it(units):
    (further,) = [work for work in make_plan(ASKED, units).work if names((work,)) == ("further",)]
    assert further.runs == (BY_NAME["one"].setting.run, BY_NAME["further"].setting.run)
    assert further.steps == 2 * 20 + 2 * 20


def test_what_is_stored_is_not_done(units):
    store_rows(units, "wide")
    units.save("run", BY_NAME["one"].setting.trained.key, {})
    plan = make_plan(ASKED, units)
    assert plan.asked == tuple(ASKED)
    left = {work.asked.setting.name: [run.key for run in work.runs] for work in plan.work}
    keys = {name: BY_NAME[name].setting.trained.key for name in ("faster", "further")}
    assert left == {
        "exact": [],
        "one": [],
        "faster": [keys["faster"]],
        "one again": [],
        "further": [keys["further"]],
    }
    again = make_plan(ASKED, units, force=True)
    assert [work.asked for work in again.work] == ASKED
    assert len({run.key for work in again.work for run in work.runs}) == 4


def test_one_process_takes_programs_in_turn(units):
    tasks = make_plan(ASKED, units).tasks()
    assert [names(task) for task in tasks] == [
        ("exact",),
        ("one", "faster", "one again", "further"),
        ("wide",),
    ]


def test_a_program_is_shared_out_where_it_is_more_than_a_workers_share(units):
    """But what needs one run stays together; what takes longest comes first."""
    plan = make_plan(ASKED, units)
    tasks = [names(task) for task in plan.tasks(2)]
    assert tasks[0] == PARTS
    assert sorted(tasks[1:]) == [("exact",), ("faster",), ("wide",)]
    assert names(plan.tasks(100)[0]) == PARTS


def test_what_is_dear_comes_first(units):
    for name, seconds in (("wide", 90.0), ("faster", 30.0), ("one", 1.0)):
        store_rows(units, name, seconds)
    plan = make_plan([BY_NAME[name] for name in ("one", "faster", "wide")], units, force=True)
    assert [work.seconds for work in plan.work] == [1.0, 30.0, 90.0]
    assert [names(task) for task in plan.tasks(2)] == [("wide",), ("one", "faster")]


def test_expected_seconds_are_those_of_before_by_step():
    known = [
        Earlier("embeddings", "one", 40, 8.0),
        Earlier("embeddings", "one", 4000, 100.0),
        Earlier("embeddings", "gone", 160, 12.0),
        Earlier("embeddings", "exact", 0, 3.0),
        Earlier("other", "wide", 40, 1000.0),
    ]
    of = {one.name: expected_seconds(STUDY, one, known) for one in SETTINGS}
    assert of["one"] == 8.0
    assert of["wide"] == pytest.approx(40 * 120.0 / 4200)
    assert of["exact"] == 3.0
    assert expected_seconds(STUDY, SETTINGS[1], known[1:2]) == pytest.approx(1.0)
    assert expected_seconds(STUDY, SETTINGS[1], known[3:]) is None
    assert expected_seconds(STUDY, SETTINGS[0], known[:3]) is None


def test_weights_are_seconds_where_some_are_known(units):
    weights = make_plan(ASKED, units).weights()
    assert weights[BY_NAME["exact"].key] == 1000.0
    assert weights[BY_NAME["further"].key] == 1080.0
    store_rows(units, "one", seconds=10.4)
    weights = make_plan(ASKED, units, force=True).weights()
    assert weights[BY_NAME["faster"].key] == pytest.approx(10.4)
    # Nothing is known of what trains nothing: by the pace of the others, where 1,040 + 1,040 +
    # 1,040 + 1,040 + 1,080 steps take five times 10.4 s.
    assert weights[BY_NAME["exact"].key] == pytest.approx(1000 * 52.0 / 5240)


def test_steps_on_images_of_pixels_weigh_more(units):
    """57 ms a step against 1.4 ms: forty times, within a factor of two."""
    asked = every_setting(STUDIES["scenes"], [STUDIES["scenes"].base()])
    (work,) = make_plan(asked, units).work
    assert 20 < work.default_steps / work.steps < 80
    (work,) = make_plan([BY_NAME["one"]], units).work
    assert work.default_steps == work.steps


def test_a_plan_is_printed(units, capsys):
    store_rows(units, "one", seconds=60.0)
    print_plan(make_plan(ASKED, units))
    header, line, total, note = capsys.readouterr().out.splitlines()
    assert header.split() == [
        "study",
        "settings",
        "stored",
        "runs",
        "to",
        "train",
        "programs",
        "expected",
    ]
    assert " ".join(line.split()) == "embeddings 6 1 4 2 unknown"
    assert " ".join(total.split()) == "all 6 1 4 2 unknown"
    assert note.startswith("Runs and programs that studies share")
    print_plan(make_plan(ASKED[1:], units))
    assert capsys.readouterr().out.splitlines()[1].split() == [
        "embeddings",
        "5",
        "1",
        "4",
        "2",
        "4",
        "min",
    ]


@pytest.mark.parametrize(
    "command",
    [
        ("reproduce", "--preset", "full", "--plan"),
        ("reproduce", "--preset", "full", "--plan", "--out", "deep/er"),
        ("sweep", "embeddings", "--grid", "steps=5,6", "--plan"),
    ],
)
def test_the_command_prints_a_plan_and_writes_nothing(tokenscm, hold, tmp_path, command):
    hold(STUDIES, {"embeddings": STUDY})
    code, out, err = tokenscm(*command)
    assert (code, err) == (0, "")
    count = (2, 0, 2, 2) if command[0] == "sweep" else (6, 0, 4, 2)
    assert out.splitlines()[1].split() == ["embeddings", *map(str, count), "unknown"]
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_unit_is_refused_by_a_plan(tokenscm, report):
    path = next((report / "units").glob("rows-*.json"))
    path.write_text("")
    code, out, err = tokenscm("reproduce", "--plan")
    assert (code, out) == (2, "")
    assert "expected a complete unit" in err


def test_settings_of_ours_can_be_sent():
    """By their classes' names alone."""
    import pickle

    from experiments.measuring import unit_key

    for study in STUDIES.values():
        for setting in study.settings("full"):
            there, again = pickle.loads(pickle.dumps((study, setting)))
            assert unit_key(there, again) == unit_key(study, setting)


@pytest.mark.parametrize("force", [False, True])
def test_what_another_job_stores_since_the_plan_was_made_counts(tiny_exact_study, tmp_path, force):
    """Unless all is to be computed again."""
    settings = tiny_exact_study.settings("quick")
    units, other = Units.create(tmp_path), Units.create(tmp_path)
    plan = make_plan(every_setting(tiny_exact_study, settings), units, force=force)
    measure(tiny_exact_study, settings[0], other)
    found, _ = perform(plan, units, Team(), force=force)[tiny_exact_study.name]
    assert found == tiny_exact_study.rows(settings[0])
    (unit,) = units.used
    assert units.computed("rows", unit.removeprefix("rows-").removesuffix(".json")) == force
