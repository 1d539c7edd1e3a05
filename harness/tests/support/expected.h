/* Text that must be what a file among the fixtures says. */
#pragma once

/* Fails the running test if it is not. What it is instead is then in a file of that name in the
 * build directory's tests/: to be looked at, and copied over the fixture if it is right. */
void expected_check(const char *text, const char *name);
