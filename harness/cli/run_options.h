/* The options of `membench run`. */
#pragma once

#include "cli/command_line.h"

extern const struct option_info run_option_table[];
extern const size_t run_option_count;

/* Parses and checks; `options` must be initialised. */
int run_options_parse(int argc, char **argv, struct options *options, struct error *err);

void run_options_print_help(FILE *out, unsigned width);

/* Fails if an option was given (options.given) that is not among the allowed ones
 * (NULL-terminated). `what` names the command or option that takes no others. */
int run_options_allow(const struct text_list *given, const char *what, const char *const *allowed,
                      struct error *err);

/* The options of these names only (NULL-terminated), for commands that share them. */
void run_options_print_some(const char *const *names, FILE *out, unsigned width);
