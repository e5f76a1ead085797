"""The words of the company's pages: in the playbook file, and in no deal."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from activities.playbook import BadPlaybook, load_playbook, load_site, people_beside
from starter.rooms import ROOT

DEFAULT = ROOT / "playbooks" / "default.yaml"
TODAY = date(2026, 11, 24)


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    shutil.copy(people_beside(DEFAULT), tmp_path)
    return tmp_path / "playbook.yaml"


def test_what_the_file_leaves_out_has_the_usual_words(changed: Path) -> None:
    before, _, _ = DEFAULT.read_text().partition("\nsite:")
    changed.write_text(before)
    usual, ours = load_site(changed), load_site(DEFAULT)
    assert usual.consent == ours.consent
    assert usual.heading.ru == "Заявка на оборудование"
    assert ours.heading.ru == "Заявка на медицинское оборудование"


def test_new_words_make_no_new_version_of_the_deals_playbook(changed: Path) -> None:
    changed.write_text(DEFAULT.read_text().replace("sales@dealwright.example", "shop@dealwright.example"))
    assert load_site(changed).email == "shop@dealwright.example"
    assert load_playbook(changed, today=TODAY) == load_playbook(DEFAULT, today=TODAY)


def test_what_is_wrong_is_said_with_its_place_whoever_reads_the_file(changed: Path) -> None:
    wrong = DEFAULT.read_text().replace("  email: sales@", "  e_mail: sales@").replace('"2026-11"\n', '""\n')
    changed.write_text(wrong)
    for read in (load_site, lambda path: load_playbook(path, today=TODAY)):
        with pytest.raises(BadPlaybook) as bad:
            read(changed)
        assert [problem.place for problem in bad.value.problems] == ["site.e_mail", "site.consent.version"]
