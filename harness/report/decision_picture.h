/* The one picture of a decision record, an SVG file of its own. */
#pragma once

#include "report/report.h"

/* Whether there is anything to draw; where not, the picture says so and the record leaves it out.
 */
bool decision_picture_is_there(const struct report *report);

/* What it shows, for who cannot see it. */
const char *decision_picture_name(const struct report *report);

/* Check ferror. */
void decision_picture_print(const struct report *report, FILE *out);
