"""Number words in Azerbaijani, English, Russian and Arabic, as people write them and in the others' letters."""

import unicodedata
from collections.abc import Iterable, Mapping
from enum import Enum, auto
from types import MappingProxyType
from typing import Final, NamedTuple


class Sort(Enum):
    """What a number word may join with; see `spoken.digits_of`."""

    DIGITS = auto()  # written as digits
    UNIT = auto()  # five
    TEEN = auto()  # fifteen
    TENS = auto()  # fifty
    HUNDREDS = auto()  # пятьсот
    HUNDRED = auto()  # hundred: joins with the unit before it
    TEN_MORE = auto()  # عشر after a unit
    AND = auto()  # وخمسين after a unit
    MANY = auto()  # пятёрки: as many fives as the unit before it says


class Part(NamedTuple):
    """One number word, or digits: what it is and its value."""

    sort: Sort
    value: int
    digits: str = ""


_LATIN_TO_ARABIC: Final = range(0xC0, 0x700)


def _bare(letter: str) -> str:
    apart = unicodedata.normalize("NFD", letter)
    return "".join([part for part in apart if unicodedata.category(part) != "Mn"])


# Marks, dots and hamzas are left out in haste; some letters are others without being composed of them.
_BARE: Final = {ord(letter): _bare(letter) for letter in map(chr, _LATIN_TO_ARABIC)} | str.maketrans(
    {"ı": "i", "ə": "e", "ى": "ي", "ة": "ه", "’": "'", "ʼ": "'"}
)


def folded(word: str) -> str:
    """Return the word without what people leave out when they type in haste: marks, dots, hamzas."""
    return word if word.isascii() else word.translate(_BARE)


def words_folded(*texts: str) -> frozenset[str]:
    """Return the words of these texts, folded."""
    return frozenset(folded(word) for text in texts for word in text.split())


def _rows(sort: Sort, values: Iterable[int], *texts: str) -> dict[str, Part]:
    """Return word -> part; each text is of one language or spelling, with the words of each value in order."""
    values = tuple(values)
    return {
        folded(word): Part(sort, value)
        for text in texts
        for value, words in zip(values, text.split(";"), strict=True)
        for word in words.split()
    }


_UNITS: Final = _rows(
    Sort.UNIT,
    range(10),
    "sıfır sifr;bir;iki;üç uc uch;dörd dört dord;beş besh;altı;yeddi yedi;səkkiz sekiz sekkiz;doqquz dokuz",
    "zero nought nil oh;one;two;three;four;five;six;seven;eight;nine",
    "ноль нуль нол;один одна одно раз;два две;три;четыре;пять;шесть;семь;восемь;девять",
    "صفر;واحد واحده;اثنان اثنين اتنين اثنا اثني;ثلاثه ثلاث تلاته;اربعه اربع اربعا;خمسه خمس خمسا;سته ست;سبعه سبع;"
    "ثمانيه ثماني ثمان تمانيه تمانيا;تسعه تسع",
    # How they are called one by one.
    "нолик;единичка единица;двойка;тройка;четвёрка;пятёрка;шестёрка;семёрка;восьмёрка;девятка",
    # Russian and spoken Arabic in Latin letters, French as it is heard in the Maghreb.
    "nol' nol null;odin adin;dva;tri;chetyre chetire;pyat pyat' pjat;shest shest';sem sem' syem;vosem vosem';"
    "devyat devyat' devjat",
    "sifr;wahed wa7ed;itnen tnen;tlata talata;arba3a arb3a;khamsa;sitta;sab3a;tmanya;tis3a",
    "zéro;un;deux;trois;quatre;cinq;;sept;huit;neuf",
    # Azerbaijani and English in Cyrillic letters, English in Arabic ones.
    "сыфыр зироу;бир уан ван;ики ту;уч үч сри;дөрд дорд фор;беш бэш файв;алты сикс;йедди едди севен;"
    "сәккиз сэккиз эйт;доггуз доққуз найн",
    "زيرو;ون;تو;ثري;فور;فايف;سكس;سيفن;ايت;ناين",
)
_TEENS: Final = _rows(
    Sort.TEEN,
    range(10, 20),
    "ten;eleven;twelve;thirteen;fourteen;fifteen;sixteen;seventeen;eighteen;nineteen",
    "десять;одиннадцать;двенадцать;тринадцать;четырнадцать;пятнадцать;шестнадцать;семнадцать;восемнадцать;девятнадцать",
    "desyat;odinnadtsat;dvenadtsat;trinadtsat;chetyrnadtsat;pyatnadtsat;shestnadtsat;semnadtsat;vosemnadtsat;devyatnadtsat",
    ";احداشر;اتناشر;تلتاشر;اربعتاشر;خمستاشر;ستاشر;سبعتاشر;تمنتاشر;تسعتاشر",
)
_TENS: Final = _rows(
    Sort.TENS,
    range(10, 100, 10),
    "on;iyirmi;otuz;qırx kirk qirx;əlli elli;altmış;yetmiş;səksən seksen;doxsan doksan",
    ";twenty;thirty;forty fourty;fifty;sixty;seventy;eighty;ninety",
    ";двадцать;тридцать;сорок;пятьдесят;шестьдесят;семьдесят;восемьдесят;девяносто",
    ";عشرون عشرين;ثلاثون ثلاثين;اربعون اربعين;خمسون خمسين;ستون ستين;سبعون سبعين;ثمانون ثمانين;تسعون تسعين",
    ";dvadtsat;tridtsat;sorok;pyatdesyat;shestdesyat;semdesyat;vosemdesyat;devyanosto",
    "он;ийирми;отуз;гырх;элли;алтмыш;йетмиш;сэксэн сәксән;дохсан",
)
_HUNDREDS: Final = _rows(
    Sort.HUNDREDS,
    range(100, 1000, 100),
    "сто;двести;триста;четыреста;пятьсот;шестьсот;семьсот;восемьсот;девятьсот",
    "sto;dvesti;trista;chetyresta;pyatsot;shestsot;semsot;vosemsot;devyatsot",
    ";مئتان مائتين مئتين;ثلاثمائه ثلاثمئه تلتميه;اربعمائه اربعمئه;خمسمائه خمسمئه;ستمائه ستمئه;سبعمائه سبعمئه;"
    "ثمانمائه ثمانمئه;تسعمائه تسعمئه",
)
_MANY: Final = _rows(
    Sort.MANY,
    range(10),
    "нолика;единички единицы;двойки;тройки;четвёрки;пятёрки;шестёрки;семёрки;восьмёрки;девятки",
)
NUMBER_WORDS: Final[Mapping[str, Part]] = MappingProxyType(
    dict.fromkeys(words_folded("عشر عشرة"), Part(Sort.TEN_MORE, 10))
    | dict.fromkeys(words_folded("yüz hundred йуз مائه مئه ميه"), Part(Sort.HUNDRED, 100))
    | _MANY
    | _HUNDREDS
    | _TENS
    | _TEENS
    | _UNITS
)
"""Folded word -> what it means."""

TIMES: Final[Mapping[str, int]] = MappingProxyType(
    dict.fromkeys(words_folded("double cüt дважды"), 2) | dict.fromkeys(words_folded("triple трижды"), 3)
)
"""Folded word -> how often the number after it is meant."""

PLUS_WORDS: Final = words_folded("plus artı плюс زائد")
"""What is said for the `+` of a number with a country's code."""

PASSED_OVER: Final = words_folded(
    "sonra ondan axırda daha üstəgəl və ve tire defis",
    "then after that next and finally finish with dash plus",
    "и потом затем далее дальше первое сначала в конце тире дефис",
    "ثم وثم بعدها وبعدها و وفي في الاخر اخيرا",
)
"""Words that may stand between the pieces of a number that is dealt out."""
