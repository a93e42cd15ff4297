yield *1
