#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "report/verdict_lines.h"
#include "tests/support/contains.h"
#include "tests/support/judged.h"

static const char *const claims[] = {"tcmalloc end.anon <= 0.80 * glibc",
                                     "end.anon <= 110MiB",
                                     "tcmalloc loaded.anon <= 1MiB",
                                     "tcmalloc end.cpu_seconds <= 1 * glibc",
                                     NULL};

static char *printed(unsigned blocks, unsigned width, bool color, bool ascii)
{
    struct judged judged;
    char *text = NULL;
    size_t size = 0;
    judged_make(&judged, blocks, claims);
    struct prose prose = {
        .out = open_memstream(&text, &size), .width = width, .color = color, .ascii = ascii};
    verdict_lines_workload(&prose, &judged.verdicts, "bursts", "");
    verdict_lines_claims(&prose, &judged.verdicts);
    verdict_lines_words(&prose, &judged.verdicts);
    fclose(prose.out);
    judged_clear(&judged);
    return text;
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    if (argc > 1) {
        unsigned blocks[] = {8, 8, 3};
        unsigned widths[] = {80, 200, 80};
        for (int i = 0; i < 3; i++) {
            puts("=====");
            fputs(printed(blocks[i], widths[i], false, i == 2), stdout);
        }
    }
    return 0;
}
