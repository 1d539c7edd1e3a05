/* The data behind the page: what it holds itself, and the files beside it. */
#pragma once

#include <stdio.h>

#include "page/page_region.h"
#include "report/report.h"

void page_downloads_print(FILE *out, const struct report *report, enum page_detail detail);
