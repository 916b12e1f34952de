"""The words by which participants and schools are grouped, with the codes and labels that are read as them.

Ethnic group: the labels of the censuses of England and Wales of 2001, 2011 and 2021, as questionnaires and tables have
them; the codes of self-defined ethnicity made from those of 2001 and 2011 (``W1``); the codes of the Department for
Education for the school and school workforce censuses (``WBRI``, extended ones of white British included); those of
HESA's ETHNIC, in the frames of 2001, 2012/13 and 2022/23. HESA's frames have no code in common that means two groups.
Other lists number the same groups otherwise (the learner record of further education calls white British 31, which is
HESA's Indian): map such codes by their own labels. *White* alone does not say whether British, nor does *British*
alone say whether white.

Disability: HESA's DISABLE, in the frames up to 2022/23. Sex: HESA's SEXID and SEX, and ISO 5218. Ofsted: grades of
inspections, with the words of the register of schools. Phase: the phases of that register and of the school census.
"""

from __future__ import annotations

from collections.abc import Mapping

from qa_lib.lookalikes import letters_and_digits

#: Family of ethnic groups -> the headings under which the groups stand, which are read as the family where it is alone.
_HEADINGS: Mapping[str, str] = {
    "White": "White",
    "Mixed": (
        "Mixed, Mixed or multiple ethnic groups, Mixed or multiple ethnic group, Mixed/multiple ethnic groups, "
        "Mixed/multiple ethnic group, Mixed ethnic group, Mixed race"
    ),
    "Asian or Asian British": (
        "Asian or Asian British, Asian/Asian British, Asian Asian British or Asian Welsh, Asian British, "
        "British Asian, Asian"
    ),
    "Black or Black British": (
        "Black or Black British, Black/Black British, Black/African/Caribbean/Black British, "
        "Black African Caribbean or Black British, Black Black British Black Welsh Caribbean or African, "
        "Black Black British Caribbean or African, Black British, British Black, Black"
    ),
    "Other": "Other ethnic group, Other ethnic groups, Chinese or other ethnic group, Other",
}
#: Ethnic group, its families, labels that are its own under a heading alone, those that are anywhere, and codes.
_GROUPS = (
    (
        "White British",
        "White",
        "British, English, Welsh, Scottish, Northern Irish, Cornish, Other British",
        "British White, Other White British, English/Welsh/Scottish/Northern Irish/British, "
        "English/Scottish/Welsh/Northern Irish/British, English Welsh Scottish Northern Irish or British, "
        "English Scottish Welsh Northern Irish or British, British English Northern Irish Scottish or Welsh",
        "W1, WBRI, WENG, WSCO, WWEL, WNIR, WCOR, WOWB, 11, 13, 160",
    ),
    ("White Irish", "White", "", "Irish", "W2, WIRI, 12, 166"),
    (
        "Gypsy or Irish Traveller",
        "White",
        "",
        "Gypsy or Irish Traveller, Gypsy/Irish Traveller, Irish Traveller, Traveller of Irish heritage, "
        "Gypsy or Traveller, Traveller, Gypsy",
        "W3, WIRT, 14, 15, 163",
    ),
    ("Roma", "White", "", "Roma, Gypsy/Roma, Gypsy or Roma", "WROM, 168"),
    (
        "Any other White background",
        "White",
        "Other",
        "Any other White background, Other White background, Another White background, Any other White, Other White",
        "W9, WOTH, 19, 179",
    ),
    (
        "White and Black Caribbean",
        "Mixed",
        "",
        "White and Black Caribbean, White or White British and Black Caribbean or Black Caribbean British",
        "M1, MWBC, 41, 142",
    ),
    (
        "White and Black African",
        "Mixed",
        "",
        "White and Black African, White or White British and Black African or Black African British",
        "M2, MWBA, 42, 141",
    ),
    (
        "White and Asian",
        "Mixed",
        "",
        "White and Asian, White or White British and Asian or Asian British",
        "M3, MWAS, 43, 140",
    ),
    (
        "Any other Mixed background",
        "Mixed",
        "Other",
        "Any other Mixed background, Other Mixed background, Another Mixed background, Any other Mixed, Other Mixed, "
        "Any other Mixed or multiple ethnic background, Any other Mixed/multiple ethnic background, "
        "Other Mixed or multiple ethnic groups",
        "M9, MOTH, 49, 159",
    ),
    ("Indian", "Asian or Asian British", "", "Indian, Indian or Indian British, British Indian", "A1, AIND, 31, 103"),
    (
        "Pakistani",
        "Asian or Asian British",
        "",
        "Pakistani, Pakistani or Pakistani British, British Pakistani",
        "A2, APKN, 32, 104",
    ),
    (
        "Bangladeshi",
        "Asian or Asian British",
        "",
        "Bangladeshi, Bangladeshi or Bangladeshi British, British Bangladeshi",
        "A3, ABAN, 33, 100",
    ),
    (
        "Chinese",
        "Asian or Asian British; Other",
        "",
        "Chinese, Chinese or Chinese British, British Chinese",
        "A4, O1, CHNE, 34, 101",
    ),
    (
        "Any other Asian background",
        "Asian or Asian British",
        "Other",
        "Any other Asian background, Other Asian background, Another Asian background, Any other Asian, Other Asian",
        "A9, AOTH, 39, 119",
    ),
    (
        "African",
        "Black or Black British",
        "",
        "African, African or African British, Black African",
        "B2, BAFR, 22, 120",
    ),
    (
        "Caribbean",
        "Black or Black British",
        "",
        "Caribbean, Caribbean or Caribbean British, Black Caribbean, African-Caribbean, Afro-Caribbean",
        "B1, BCRB, 21, 121",
    ),
    (
        "Any other Black background",
        "Black or Black British",
        "Other",
        "Any other Black background, Other Black background, Another Black background, Any other Black, Other Black, "
        "Any other Black/African/Caribbean background, Any other Black Black British or Caribbean background",
        "B9, BOTH, 29, 139",
    ),
    ("Arab", "Other", "", "Arab", "O2, 50, 180"),
    (
        "Other",
        "Other",
        "Other",
        "Any other ethnic group, Other ethnic group, Another ethnic group, Any other ethnic background, "
        "Other ethnic background, Another ethnic background, Any other",
        "O9, OOTH, 80, 899",
    ),
)
#: What says nothing, in every list: the words that are known, with the codes of the list.
_UNSAID = ("Prefer not to say", "Not known")


def _ethnic_groups() -> dict[str, str]:
    """Return each ethnic group with all labels and codes that are read as it."""
    read: dict[str, str] = {}
    words: dict[str, list[str]] = {}

    def add(group: str, *labels: str) -> None:
        for label in labels:
            if read.setdefault(letters_and_digits(label), group) == group:
                words.setdefault(group, []).append(label)

    for group, families, under, anywhere, codes in _GROUPS:
        alone = [group, *anywhere.split(", ")]
        add(group, *alone, *codes.split(", "))
        for family in families.split("; "):
            for heading in _HEADINGS[family].split(", "):
                add(group, *(f"{heading}: {label}" for label in (*alone, *under.split(", ")) if label))
    for family, headings in _HEADINGS.items():
        add(family, family, *headings.split(", "))
    add(_UNSAID[0], "Prefer not to say", "REFU", "98", "998")
    add(_UNSAID[1], "Not known", "NOBT", "NS", "90", "99", "997", "999")
    return {group: ", ".join(_others(group, labels)) for group, labels in words.items()}


def _others(word: str, labels: list[str]) -> list[str]:
    """Return the labels that differ from a word, and from each other, in more than signs."""
    forms: dict[str, str] = {}
    for label in labels:
        forms.setdefault(letters_and_digits(label), label)
    return [label for form, label in forms.items() if form != letters_and_digits(word)]


ETHNICITY = _ethnic_groups()
SEX = {
    "Female": "F, woman, women, girl, 2, 10",
    "Male": "M, man, men, boy, 1, 11",
    "Other": "another sex, other sex, indeterminate, intersex, non-binary, 3, 12",
    _UNSAID[0]: "96, 98",
    _UNSAID[1]: "0, 9, 99",
}
DISABILITY = {
    "Yes": (
        "Y, true, disabled, disability, has a disability, disability declared, declared a disability, 1, "
        "02, 03, 04, 05, 06, 07, 08, 09, 10, 11, 51, 53, 54, 55, 56, 57, 58, 59, 96"
    ),
    "No": (
        "N, false, none, no disability, no known disability, no disability declared, not disabled, non-disabled, "
        "no known impairment health condition or learning difference, 0, 00, 95"
    ),
    _UNSAID[0]: "97, 98",
    _UNSAID[1]: "99",
}
OFSTED = {
    "Outstanding": "1, grade 1, 1 outstanding",
    "Good": "2, grade 2, 2 good",
    "Requires improvement": "3, grade 3, 3 requires improvement, RI, satisfactory",
    "Inadequate": "4, grade 4, 4 inadequate, special measures, serious weaknesses, 4 SM, 4 SWK",
    _UNSAID[1]: "not yet inspected, not inspected, no inspection, not graded, 0, 9",
}
PHASES = {
    "Nursery": "State-funded nursery, Early years",
    "Primary": "Middle deemed primary, State-funded primary",
    "Secondary": "Middle deemed secondary, State-funded secondary",
    "All-through": "Through school",
    "16 plus": "Post-16, 16+, Sixth form, Sixth form college",
    "Special": "Special school, State-funded special school, Non-maintained special school",
    "Alternative provision": "Pupil referral unit, PRU, AP",
    _UNSAID[1]: "",
}
LEVELS = {
    "NPQML": "NPQ Middle Leadership, Middle Leadership, NPQ for Middle Leadership, "
    "National Professional Qualification for Middle Leadership",
    "NPQSL": "NPQ Senior Leadership, Senior Leadership, NPQ for Senior Leadership, "
    "National Professional Qualification for Senior Leadership",
    "NPQH": "NPQ Headship, Headship, NPQ for Headship, National Professional Qualification for Headship",
    "NPQEL": "NPQ Executive Leadership, Executive Leadership, NPQ for Executive Leadership, "
    "National Professional Qualification for Executive Leadership",
}
