"""A call whose form has every kind of question, conditions that chain, columns for the office only, and a budget."""

import tomllib
from typing import Any

from tests.builders import terms
from workflows.calls.terms import Terms

FORM = """
[budget]
overheads_hundredths = 700
cofinancing_hundredths = 1000
[[budget.categories]]
code = "activities"
name = {nl = "Activiteiten", fr = "Activités", en = "Activities"}
help = {nl = "Wat u ter plaatse doet.", fr = "Ce que vous faites sur place.", en = "What you do on the spot."}
[[budget.categories]]
code = "travel"
cap_hundredths = 1000
name = {nl = "Reizen", fr = "Voyages", en = "Travel"}
[[budget.categories]]
code = "audit"
cap_cents = 150000
name = {nl = "Audit", fr = "Audit", en = "Audit"}
[[budget.categories]]
code = "structure"
direct = false
name = {nl = "Werking", fr = "Fonctionnement", en = "Structure"}

[[sections]]
id = "project"
title = {nl = "Het project", fr = "Le projet", en = "The project"}
questions = [
  {id = "title", kind = "short-text", means = "title", max_length = 80, readers = ["public"], label = {nl = "Titel", fr = "Titre", en = "Title"}},
  {id = "summary", kind = "long-text", means = "summary", max_length = 500, readers = ["public"], label = {nl = "Samenvatting", fr = "Résumé", en = "Summary"}},
  {id = "zone", kind = "zone", means = "zone", readers = ["public"], label = {nl = "Zone", fr = "Zone", en = "Zone"}},
  {id = "period", kind = "period", means = "period", label = {nl = "Looptijd", fr = "Durée", en = "Period"}},
  {id = "people", kind = "number", at_least = 10, at_most = 5000, label = {nl = "Hoeveel mensen?", fr = "Combien de personnes ?", en = "How many people?"}},
  {id = "goals", kind = "sdg", at_least = 1, at_most = 3, label = {nl = "Doelen", fr = "Objectifs", en = "Goals"}},
  {id = "main-goal", kind = "sdg", at_most = 1, required = false, label = {nl = "Voornaamste doel", fr = "Objectif principal", en = "Main goal"}},
]
[[sections]]
id = "partners"
title = {nl = "Partners", fr = "Partenaires", en = "Partners"}

[[sections.questions]]
id = "partnered"
kind = "yes-no"
label = {nl = "Werkt u met partners?", fr = "Travaillez-vous avec des partenaires ?", en = "Do you work with partners?"}

[[sections.questions]]
id = "partner-list"
kind = "table"
at_least = 1
at_most = 3
only_if = {question = "partnered", answers = ["yes"]}
label = {nl = "Partners", fr = "Partenaires", en = "Partners"}
columns = [
  {id = "name", kind = "short-text", max_length = 60, label = {nl = "Naam", fr = "Nom", en = "Name"}},
  {id = "role", kind = "one-of", label = {nl = "Rol", fr = "Rôle", en = "Role"}, choices = [
    {code = "builds", label = {nl = "Bouwt", fr = "Construit", en = "Builds"}},
    {code = "teaches", label = {nl = "Geeft les", fr = "Enseigne", en = "Teaches"}},
  ]},
  {id = "since", kind = "date", required = false, label = {nl = "Sinds", fr = "Depuis", en = "Since"}},
  {id = "share", kind = "amount", required = false, label = {nl = "Aandeel", fr = "Part", en = "Share"}},
  {id = "phone", kind = "short-text", required = false, readers = ["administration"], label = {nl = "Telefoon", fr = "Téléphone", en = "Telephone"}},
]

[[sections.questions]]
id = "themes"
kind = "several-of"
at_least = 1
at_most = 2
only_if = {question = "partnered", answers = ["yes"]}
label = {nl = "Thema’s", fr = "Thèmes", en = "Themes"}
choices = [
  {code = "water", label = {nl = "Water", fr = "Eau", en = "Water"}},
  {code = "work", label = {nl = "Werk", fr = "Travail", en = "Work"}},
  {code = "school", label = {nl = "School", fr = "École", en = "School"}},
]

[[sections.questions]]
id = "permit"
kind = "one-of"
only_if = {question = "themes", answers = ["water"]}
label = {nl = "Hebt u een vergunning?", fr = "Avez-vous un permis ?", en = "Do you have a permit?"}
choices = [
  {code = "yes", label = {nl = "Ja, hierbij", fr = "Oui, ci-joint", en = "Yes, enclosed"}},
  {code = "no", label = {nl = "Nog niet", fr = "Pas encore", en = "Not yet"}},
]

[[sections.questions]]
id = "permit-document"
kind = "document"
at_most = 1
accepted = ["pdf"]
only_if = {question = "permit", answers = ["yes"]}
label = {nl = "De vergunning", fr = "Le permis", en = "The permit"}

[[sections.questions]]
id = "accreditation"
kind = "short-text"
only_if = {applicant_types = ["accredited"]}
label = {nl = "Nummer van de erkenning", fr = "Numéro d’accréditation", en = "Number of the accreditation"}

[[sections]]
id = "means"
title = {nl = "Middelen", fr = "Moyens", en = "Means"}

[[sections.questions]]
id = "budget"
kind = "budget"
label = {nl = "Begroting", fr = "Budget", en = "Budget"}
help = {nl = "Tel niets op: dat doen wij.", fr = "N’additionnez rien : nous le faisons.", en = "Add nothing up: we do that."}
"""

A_BUDGET: dict[str, Any] = {
    "lines": [
        {"category": "activities", "label": "Waterpunt", "amount": 1_500_000, "explanation": "Twee kranen"},
        {"category": "travel", "label": "Treinen", "amount": 100_000, "explanation": None},
        {"category": "structure", "label": "Kantoor", "amount": 100_000, "explanation": None},
    ],
    "own": 100_000,
    "funders": [{"name": "Gemeente", "amount": 100_000, "status": "acquired"}],
}
"""Costs of 17,000 euro, of which 2,000 is paid by others: 15,000 is asked."""
FULL: dict[str, Any] = {
    "title": "Waterpunt", "summary": "Een waterpunt voor de wijk.", "zone": "KIN",
    "period": {"from": "2027-09-01", "to": "2028-08-31"}, "people": 120, "goals": ["6", "10"], "main-goal": ["6"],
    "partnered": True,
    "partner-list": [
        {"name": "Eau Vive", "role": "builds", "since": "2019-05-01", "share": 300_000, "phone": "02 000 00 00"},
        {"name": "École Verte", "role": "teaches", "since": None, "share": None, "phone": None},
    ],
    "themes": ["work"], "budget": A_BUDGET,
}  # fmt: skip


def every_kind(**changes: Any) -> Terms:
    """The call, named `every`; `changes` replace keys of its file."""
    own = {"id": "every", "reference_prefix": "E26", **tomllib.loads(FORM)}
    own["conditions"] = [
        {"kind": "budget-caps", "name": {"nl": "Plafonds", "fr": "Plafonds", "en": "Caps"}},
        {"kind": "co-financing", "name": {"nl": "Eigen inbreng", "fr": "Cofinancement", "en": "Co-financing"}},
        {"kind": "lasts-at-most", "months": 24, "name": {"nl": "Duur", "fr": "Durée", "en": "Duration"}},
    ]
    return terms(**{**own, **changes})
