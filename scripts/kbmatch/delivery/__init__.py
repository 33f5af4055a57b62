"""What leaves the building: one file for an air-gapped network, and how to check it there."""
