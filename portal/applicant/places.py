"""Where the answers of a form are kept while they are written: in a draft, or beside a submitted file."""

from dataclasses import dataclass

from flask import url_for


@dataclass(frozen=True)
class DraftPlace:
    """A section of a draft. `key`: under what name a browser keeps what is not saved yet."""

    reference: str
    section: str
    person: int

    @property
    def key(self) -> str:
        return f"oproep.draft.{self.person}.{self.reference}.{self.section}"

    @property
    def autosave(self) -> str:
        return url_for("applicant.autosave", reference=self.reference, section_id=self.section)

    def upload(self, question: str) -> str:
        return url_for("applicant.upload", reference=self.reference, question_id=question)

    def document(self, token: str) -> str:
        return url_for("applicant.document", reference=self.reference, token=token)

    def preview(self, token: str) -> str:
        return url_for("applicant.document_preview", reference=self.reference, token=token)

    def replace(self, token: str) -> str:
        return url_for("applicant.replace_document", reference=self.reference, token=token)


@dataclass(frozen=True)
class RequestPlace:
    """The answer to a request for missing items; a document of it is taken out and put in, not replaced."""

    reference: str
    number: int
    person: int

    @property
    def key(self) -> str:
        return f"oproep.draft.{self.person}.{self.reference}.request-{self.number}"

    @property
    def autosave(self) -> str:
        return url_for("applicant.completion_autosave", reference=self.reference, number=self.number)

    def upload(self, question: str) -> str:
        return url_for(
            "applicant.completion_upload", reference=self.reference, number=self.number, question_id=question
        )

    def document(self, token: str) -> str:
        return url_for("applicant.completion_document", reference=self.reference, number=self.number, token=token)

    def preview(self, token: str) -> str:
        return url_for("applicant.completion_preview", reference=self.reference, number=self.number, token=token)

    def replace(self, token: str) -> str:
        return ""


Place = DraftPlace | RequestPlace
