"""The form check refuses what is incomplete or malformed, names the field and says what would be right."""

from dataclasses import replace
from typing import Any

import pytest

from shinsei.domain.application_check import CheckedForm, validate
from shinsei.domain.application_form import fill, form_of
from shinsei.domain.catalogue import PROCEDURES, Procedure, Signature, procedure
from shinsei.domain.demand import filings
from shinsei.domain.errors import InvalidInputError
from shinsei.domain.identification import person, serial_number
from shinsei.domain.run import AttachmentSpec, DeclaredAttachment
from shinsei.domain.simtime import SimTime
from shinsei.testing.builders import JUNE_FIRST, a_run_spec

LIMITS = AttachmentSpec(p_any=0.6, mean_files=1.8, mean_mb=1.2, max_files=3, max_file_mb=10.0)
AT = JUNE_FIRST


def a_form(number: int = 10, **changes: Any) -> CheckedForm:
    item = procedure(number)
    applicant = person(1, "10-000001")
    municipal = item in PROCEDURES[:27]
    form = CheckedForm(
        procedure=number,
        municipality="482013" if municipal else "480002",
        name=applicant.name,
        birth_date=applicant.birth_date.isoformat(),
        address=applicant.address,
        serial_number=serial_number(1, "10-000001"),
        fields=fill(1, "10-000001", item, AT),
        attachments=(),
    )
    return replace(form, **changes)


def a_file(name: str = "plan.pdf", media_type: str = "application/pdf", size: int = 1_000) -> DeclaredAttachment:
    return DeclaredAttachment(name=name, media_type=media_type, size=size)


def refusal(form: CheckedForm) -> str:
    with pytest.raises(InvalidInputError) as caught:
        validate(form, LIMITS, AT)
    text = str(caught.value)
    assert "\n" not in text
    return text


@pytest.mark.parametrize("item", PROCEDURES, ids=lambda item: item.key)
def test_a_filled_in_form_of_every_procedure_passes(item: Procedure) -> None:
    assert validate(a_form(item.number), LIMITS, AT) is item


def test_everything_that_the_demand_files_passes() -> None:
    """Else a season would be refused by its own portal."""
    spec = a_run_spec(demand={"background_scale": 20.0, "attachments": LIMITS})
    for filing in filings(spec):
        form = a_form(
            filing.procedure,
            serial_number=serial_number(spec.seed, filing.case_id) if filing.signed else "",
            fields=fill(spec.seed, filing.case_id, procedure(filing.procedure), filing.at),
            attachments=filing.attachments,
        )
        if filing.online:
            validate(form, LIMITS, filing.at)


@pytest.mark.parametrize("number", [0, 32])
def test_an_unknown_procedure_is_refused(number: int) -> None:
    assert "not in the catalogue" in refusal(a_form(10, procedure=number))


def test_a_wrong_check_digit_is_refused() -> None:
    assert refusal(a_form(municipality="482014")).endswith("it should be 3")


def test_a_vehicle_procedure_at_a_municipality_is_refused() -> None:
    assert "goes to a prefecture" in refusal(a_form(28, municipality="482013"))


@pytest.mark.parametrize("item", PROCEDURES, ids=lambda item: item.key)
def test_a_signature_is_needed_exactly_where_the_catalogue_says_so(item: Procedure) -> None:
    unsigned = a_form(item.number, serial_number="")
    if item.signature is Signature.REQUIRED:
        assert refusal(unsigned).startswith("serial_number: ")
    else:
        validate(unsigned, LIMITS, AT)


@pytest.mark.parametrize("item", PROCEDURES, ids=lambda item: item.key)
def test_each_field_of_a_form_is_required(item: Procedure) -> None:
    for field in form_of(item):
        form = a_form(item.number)
        without = {key: value for key, value in form.fields.items() if key != field.key}
        assert refusal(replace(form, fields=without)) == f"fields.{field.key}: is missing ({field.name_ja})"


@pytest.mark.parametrize("field", ["name", "address", "birth_date"])
def test_the_applicant_is_required(field: str) -> None:
    assert refusal(a_form(10, **{field: " "})) == f"applicant.{field}: is missing"


@pytest.mark.parametrize("date", ["2021/06/01", "2021-02-30", "20210601", "1 June 2021", "2021-6-1"])
def test_a_wrong_date_is_refused(date: str) -> None:
    form = a_form()
    assert "is not a date" in refusal(replace(form, fields={**form.fields, "child_birth_date": date}))
    assert "is not a date" in refusal(a_form(birth_date=date))


@pytest.mark.parametrize("date", ["2021-06-02", "1700-01-01"])
def test_nobody_is_born_in_the_future_or_centuries_ago(date: str) -> None:
    assert "not a possible date of birth" in refusal(a_form(birth_date=date))


def test_digits_must_be_digits_and_texts_not_too_long() -> None:
    form = a_form(16)
    assert "digits" in refusal(replace(form, fields={"insured_number": "12a"}))
    assert "1001 characters" in refusal(replace(form, fields={**form.fields, "note": "x" * 1_001}))
    assert "101 characters" in refusal(replace(form, fields={**form.fields, "x" * 101: ""}))


def test_what_a_later_stage_could_not_keep_is_refused() -> None:
    form = a_form(16)
    assert "control or invisible character" in refusal(replace(form, fields={**form.fields, "note": "a\0b"}))
    assert "control or invisible character" in refusal(replace(form, fields={**form.fields, "no\0te": ""}))
    assert "control or invisible character" in refusal(replace(form, name="a\0b"))
    assert "control or invisible character" in refusal(replace(form, serial_number="a\0b"))
    assert "at most 100" in refusal(replace(form, fields={**form.fields, **{f"f{n}": "" for n in range(100)}}))
    validate(replace(form, fields={**form.fields, "note": "two\r\n\tlines"}), LIMITS, AT)


@pytest.mark.parametrize(
    ("attachment", "problem"),
    [
        (a_file("photo.HEIC", "image/heic"), "save it as JPEG or PDF"),
        (a_file("photo.jpg", "image/heic"), "save it as JPEG or PDF"),
        (a_file("virus.exe", "application/x-msdownload"), "accepted types are"),
        (a_file("no_suffix", ""), "accepted types are"),
        (a_file("plan.pdf", "image/png"), "is declared as 'image/png'"),
        (a_file(size=10_000_001), "has 10.0 MB; at most 10 MB"),
        (a_file(size=0), "is empty"),
        (a_file(size=-5), "is empty"),
        (a_file("../plan.pdf"), "not a plain file name"),
        (a_file(".pdf"), "not a plain file name"),
        (a_file(""), "not a plain file name"),
    ],
)
def test_an_attachment_that_the_portal_does_not_take_is_refused(attachment: DeclaredAttachment, problem: str) -> None:
    text = refusal(a_form(attachments=(attachment,)))
    assert text.startswith("attachments: ")
    assert problem in text


def test_too_many_files_and_equal_names_are_refused() -> None:
    assert "4 files; at most 3" in refusal(a_form(attachments=tuple(a_file(f"{n}.pdf") for n in range(4))))
    assert "two files are named" in refusal(a_form(attachments=(a_file(), a_file())))


def test_files_within_the_limits_pass() -> None:
    files = (a_file("a.PDF"), a_file("写真.jpg", "image/jpeg", 10_000_000), a_file("b.csv", ""))
    validate(a_form(attachments=files), LIMITS, SimTime(AT + 1))
