module algorithm

go 1.24
