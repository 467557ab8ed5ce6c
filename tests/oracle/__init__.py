"""Second methods, slow and plain, that the tests compare the product with."""
