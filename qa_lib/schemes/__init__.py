"""The assessment schemes: what each one's tables mean, and one function per rule."""
