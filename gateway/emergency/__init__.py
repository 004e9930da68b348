"""Emergency pulls on the live gateway (LB-24): opened with event and notice at once, closed by hand, and counted."""
