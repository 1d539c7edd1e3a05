/* One table of options, from which both the parser and the help come. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/error.h"
#include "plan/options.h"

struct option_info {
    char letter;          /* or 0 */
    const char *name;     /* without "--" */
    const char *argument; /* its name in the help, or NULL if it takes none */
    const char *meaning;
    int (*set)(struct options *options, const char *value, struct error *err);
};

/* Reads a command line (argv[0] is the command's name) into the options. What is no option is a
 * workload; what stands behind "--" are the script's arguments. */
int command_line_parse(const struct option_info *table, size_t count, int argc, char **argv,
                       struct options *options, struct error *err);

/* Whether an option without an argument is there, spelt out: for what an error must not hide. */
bool command_line_has(int argc, char **argv, const char *option);

enum { COMMAND_LINE_INDENT = 28 }; /* of the meanings */

/* Prints the table, wrapped at `width` columns. */
void command_line_print(const struct option_info *table, size_t count, FILE *out, unsigned width);

/* Prints words wrapped at `width`, the first line beginning at column `used`, others at `indent`.
 */
void command_line_wrap(const char *text, FILE *out, unsigned used, unsigned indent, unsigned width);
