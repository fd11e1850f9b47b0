"""Letters: what the office answers, frozen once written; one content as PDF, portal page and mail."""
