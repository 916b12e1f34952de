"""The draw: identifiers, population, freeze, tickets, certainty, random part, top-ups, proof."""
