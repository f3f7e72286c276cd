# ruff: noqa: RUF001 - letters that look alike are what this is about
"""However a number or an address is written, it is read; and the place that is told is that of the text as sent."""

import string
import sys
import unicodedata
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.screening.digit_runs import runs
from application.screening.finding import Kind
from application.screening.plain import plain
from application.screening.screen import screen

AZERBAIJANI = ["sıfır", "bir", "iki", "üç", "dörd", "beş", "altı", "yeddi", "səkkiz", "doqquz"]
ENGLISH = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
RUSSIAN = ["ноль", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять"]
ARABIC = ["صفر", "واحد", "اثنان", "ثلاثة", "أربعة", "خمسة", "ستة", "سبعة", "ثمانية", "تسعة"]
DECIMALS: Sequence[str] = [
    "".join(map(chr, range(zero, zero + 10)))
    for zero in range(sys.maxunicode)
    if unicodedata.category(chr(zero)) == "Nd" and unicodedata.decimal(chr(zero)) == 0
]
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u0336\u20e3\ufe0f"
MARKS = ["", " ", "-", ".", "*", "_", "/", ", ", " - ", "\u2014", "\u00a0", "·"]

mobile = st.builds(
    "{}{}".format,
    st.sampled_from(["050", "051", "055", "070", "077", "099"]),
    st.from_regex("[2-9][0-9]{6}", fullmatch=True),
)


@pytest.mark.parametrize("words", [AZERBAIJANI, ENGLISH, RUSSIAN, ARABIC], ids=["az", "en", "ru", "ar"])
@given(number=mobile, gap=st.sampled_from([" ", ", ", " - ", ". "]))
def test_a_number_that_is_spelled_out_digit_by_digit_is_found(words: Sequence[str], number: str, gap: str) -> None:
    said = gap.join([words[int(digit)] for digit in number])

    assert screen(f"Salam. {said}") is not None


@given(
    number=mobile, decimals=st.sampled_from(DECIMALS), mark=st.sampled_from(MARKS), hidden=st.sampled_from(INVISIBLE)
)
def test_a_number_in_any_script_with_marks_and_invisible_characters_is_found(
    number: str, decimals: str, mark: str, hidden: str
) -> None:
    written = mark.join([decimals[int(digit)] + hidden for digit in number])

    found = screen(f"Salam {written} sağ olun")

    assert found is not None
    assert found.kind is Kind.PHONE
    assert found.start == len("Salam ")


@given(number=mobile, data=st.data())
def test_digits_and_words_of_all_languages_may_be_mixed(number: str, data: st.DataObject) -> None:
    ways = [AZERBAIJANI, ENGLISH, RUSSIAN, ARABIC, list(string.digits)]
    said = " ".join([data.draw(st.sampled_from(ways))[int(digit)] for digit in number])

    assert screen(said) is not None


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_every_character_of_a_text_has_its_place(text: str) -> None:
    read = plain(text)

    assert len(read.at) == len(read.text) + 1
    assert list(read.at) == sorted(read.at)
    assert read.at[-1] == len(text)
    for other in (read.without_list_markers(), read.with_letters_joined()):
        assert len(other.at) == len(other.text) + 1
        assert list(other.at) == sorted(other.at)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_is_found_lies_within_the_text(text: str) -> None:
    found = screen(text)

    assert found is None or 0 <= found.start < found.end <= len(text)


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("Salam, nömrəm 050 123 45 67 sağ olun", Kind.PHONE, "050 123 45 67"),
        ("Zəng edin: ０５０-123\u200b-45-67!", Kind.PHONE, "０５０-123\u200b-45-67"),
        ("Write to leyla (at) mail (dot) az please", Kind.MAIL, "leyla (at) mail (dot) az"),
        ("Смотрите сайт primer.az сегодня", Kind.WEB, "primer.az"),
        ("My page: t.me/leyla_55.", Kind.WEB, "t.me/leyla_55"),
        ("Ask @leyla_m there", Kind.HANDLE, "@leyla_m"),
        ("FIN kodum 5ABC12X budur", Kind.CODE, "5ABC12X"),
        ("VÖEN 1234567890 olan", Kind.CODE, "1234567890"),
        ("IBAN AZ21NABZ00000000137010001944 var", Kind.CODE, "AZ21NABZ00000000137010001944"),
    ],
)  # fmt: skip
def test_the_kind_and_the_place_are_told(text: str, kind: Kind, words: str) -> None:
    found = screen(text)

    assert found is not None
    assert (found.kind, text[found.start : found.end]) == (kind, words)


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("fifty five", "55"),
        ("five fifty", "550"),
        ("double five", "55"),
        ("əlli beş", "55"),
        ("yüz iyirmi üç", "123"),
        ("iki yüz on", "210"),
        ("две пятёрки", "55"),
        ("двести тридцать один", "231"),
        ("خمسة وخمسين", "55"),
        ("مئة وعشرين", "120"),
        ("sıfır5beş", "055"),
        ("O55", "055"),
    ],
)
def test_numbers_are_joined_as_they_are_said(said: str, digits: str) -> None:
    assert [run.digits for run in runs(plain(said).text)] == [digits]


@pytest.mark.parametrize(
    "text",
    [
        "14.03.2018 tarixli 1885 nömrəli Fərman, maddə 5.2.1",
        "Sahə 0,12 ha, qiymət 125 000,50 AZN, 2024-cü il",
        "09:30-18:00, 12.05.2024 - 30.06.2024",
        "İş vaxtı 09:00–18:00; otaq 412, mərtəbə 3",
        "IMG_20240512_101112.jpg",
        "Sağ olun.Az qaldı",
        "см. ст. 12.3, п. 4.1 и прил. 7",
        "He paid 12 + 1234567 manats",
        "Please see annex no. 1 234 567 890",
    ],
)
def test_dates_sums_references_and_files_are_no_contacts(text: str) -> None:
    assert screen(text) is None


def test_a_number_at_the_end_of_a_long_row_of_digits_is_found() -> None:
    assert screen("1 2 3 4 5 6 7 8 9 10 11 12 13 0501234567") is not None
