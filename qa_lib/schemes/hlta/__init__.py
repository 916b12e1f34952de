"""HLTA: moderation by Regional Providers of Assessment (code of practice, November 2022)."""
