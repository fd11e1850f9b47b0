"""The 17 goals of sustainable development by number, with the short names of the United Nations.

Source: resolution A/RES/70/1 of 25 September 2015; short names as on sdgs.un.org (English), un.org (French) and, in the
Dutch of Belgium, sdgs.be.
"""

from workflows.calls.strict import Words

_NAMES = (
    ("Geen armoede", "Pas de pauvreté", "No poverty"),
    ("Geen honger", "Faim « zéro »", "Zero hunger"),
    ("Goede gezondheid en welzijn", "Bonne santé et bien-être", "Good health and well-being"),
    ("Kwaliteitsonderwijs", "Éducation de qualité", "Quality education"),
    ("Gendergelijkheid", "Égalité entre les sexes", "Gender equality"),
    ("Schoon water en sanitair", "Eau propre et assainissement", "Clean water and sanitation"),
    ("Betaalbare en duurzame energie", "Énergie propre et d’un coût abordable", "Affordable and clean energy"),
    ("Waardig werk en economische groei", "Travail décent et croissance économique", "Decent work and economic growth"),
    ("Industrie, innovatie en infrastructuur", "Industrie, innovation et infrastructure",
     "Industry, innovation and infrastructure"),
    ("Ongelijkheid verminderen", "Inégalités réduites", "Reduced inequalities"),
    ("Duurzame steden en gemeenschappen", "Villes et communautés durables", "Sustainable cities and communities"),
    ("Verantwoorde consumptie en productie", "Consommation et production responsables",
     "Responsible consumption and production"),
    ("Klimaatactie", "Mesures relatives à la lutte contre les changements climatiques", "Climate action"),
    ("Leven in het water", "Vie aquatique", "Life below water"),
    ("Leven op het land", "Vie terrestre", "Life on land"),
    ("Vrede, justitie en sterke publieke diensten", "Paix, justice et institutions efficaces",
     "Peace, justice and strong institutions"),
    ("Partnerschap om doelstellingen te bereiken", "Partenariats pour la réalisation des objectifs",
     "Partnerships for the goals"),
)  # fmt: skip

GOALS = {
    str(number): Words(nl=f"{number}. {nl}", fr=f"{number}. {fr}", en=f"{number}. {en}")
    for number, (nl, fr, en) in enumerate(_NAMES, 1)
}
"""The goals by number, each name with its number before it."""
