"""What normalising does to the columns of a batch; conventions/ knows the words."""
