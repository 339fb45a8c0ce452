"""How fast, how frugal and how right Earmark is, measured on this machine: `make bench`."""
