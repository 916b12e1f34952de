"""The words in which the tables of a scheme are declared, and the schemas made of them."""
