#include "cli/command_line.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/* getopt_long answers with this plus the option's place in the table. */
enum { FIRST_VALUE = 256 };

static struct option *make_long_options(const struct option_info *table, size_t count)
{
    struct option *options = text_allocate((count + 1) * sizeof *options);
    for (size_t i = 0; i < count; i++) {
        options[i] = (struct option){.name = table[i].name,
                                     .has_arg = table[i].argument ? required_argument : no_argument,
                                     .val = FIRST_VALUE + (int)i};
    }
    options[count] = (struct option){0};
    return options;
}

/* "+" would stop at the first workload; ":" tells a missing argument from an unknown option. */
static char *make_short_options(const struct option_info *table, size_t count)
{
    char *letters = text_allocate(2 * count + 2);
    char *at = letters;
    *at++ = ':';
    for (size_t i = 0; i < count; i++) {
        if (table[i].letter) {
            *at++ = table[i].letter;
            if (table[i].argument) {
                *at++ = ':';
            }
        }
    }
    *at = '\0';
    return letters;
}

static const struct option_info *find(const struct option_info *table, size_t count, int value)
{
    if (value >= FIRST_VALUE) {
        return &table[value - FIRST_VALUE];
    }
    for (size_t i = 0; i < count; i++) {
        if (table[i].letter == value) {
            return &table[i];
        }
    }
    return NULL;
}

static int unknown_option(const struct option_info *table, size_t count, const char *given,
                          struct error *err)
{
    const char *names[count];
    for (size_t i = 0; i < count; i++) {
        names[i] = table[i].name;
    }
    const char *word = given + strspn(given, "-");
    cleanup_free char *name = text_format("%.*s", (int)strcspn(word, "="), word);
    cleanup_free char *near = given[1] == '-' ? text_nearest(name, names, count) : NULL;
    error_set(err, "unknown option '%s'", given);
    if (near) {
        return error_hint(err, "did you mean %s? --help shows all", near);
    }
    return error_hint(err, "--help shows all; arguments of a script stand behind '--'");
}

/* Everything behind the first "--" belongs to the script; returns what remains for the options. */
static int take_arguments(int argc, char **argv, struct options *options)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0) {
            for (int j = i + 1; j < argc; j++) {
                text_list_add(&options->arguments, argv[j]);
            }
            return i;
        }
    }
    return argc;
}

static int set_option(const struct option_info *info, const char *value, struct options *options,
                      struct error *err)
{
    text_list_add(&options->given, info->name);
    return info->set(options, value, err) ? error_wrap(err, "--%s", info->name) : 0;
}

/* What getopt_long could not take. */
static int refuse(const struct option_info *table, size_t count, int answer, const char *given,
                  struct error *err)
{
    /* getopt_long leaves the letter, or the value of a long option that it knows, or 0. The word
     * may be the one before, where several letters stand together. */
    char letter[] = {'-', (char)optopt, '\0'};
    const char *name = optopt > 0 && optopt < FIRST_VALUE ? letter : given;
    if (answer == ':') {
        error_set(err, "option '%s' needs a value", name);
        return error_hint(err, "--help shows all");
    }
    if (optopt >= FIRST_VALUE) {
        error_set(err, "option '--%s' takes no value", table[optopt - FIRST_VALUE].name);
        return error_hint(err, "--help shows all");
    }
    return unknown_option(table, count, name, err);
}

int command_line_parse(const struct option_info *table, size_t count, int argc, char **argv,
                       struct options *options, struct error *err)
{
    cleanup_free struct option *long_options = make_long_options(table, count);
    cleanup_free char *short_options = make_short_options(table, count);
    argc = take_arguments(argc, argv, options);
    opterr = 0;
    optind = 0;
    for (;;) {
        int answer = getopt_long(argc, argv, short_options, long_options, NULL);
        if (answer == -1) {
            break;
        }
        if (answer == '?' || answer == ':') {
            return refuse(table, count, answer, argv[optind - 1], err);
        }
        if (set_option(find(table, count, answer), optarg, options, err)) {
            return -1;
        }
    }
    for (int i = optind; i < argc; i++) {
        text_list_add(&options->workloads, argv[i]);
    }
    return 0;
}

void command_line_wrap(const char *text, FILE *out, unsigned used, unsigned indent, unsigned width)
{
    for (const char *word = text; *word;) {
        size_t length = strcspn(word, " ");
        if (used > indent && used + 1 + length > width) {
            fprintf(out, "\n%*s", (int)indent, "");
            used = indent;
        } else if (used > indent) {
            fputc(' ', out);
            used++;
        }
        fwrite(word, 1, length, out);
        used += (unsigned)length;
        word += length;
        word += strspn(word, " ");
    }
    fputc('\n', out);
}

void command_line_print(const struct option_info *table, size_t count, FILE *out, unsigned width)
{
    for (size_t i = 0; i < count; i++) {
        const struct option_info *info = &table[i];
        char letter[] = {'-', info->letter, ',', '\0'};
        int used = fprintf(out, "  %3s --%s%s%s", info->letter ? letter : "", info->name,
                           info->argument ? " " : "", info->argument ? info->argument : "");
        if (used >= COMMAND_LINE_INDENT - 1) {
            fputc('\n', out);
            used = 0;
        }
        fprintf(out, "%*s", COMMAND_LINE_INDENT - used, "");
        command_line_wrap(info->meaning, out, COMMAND_LINE_INDENT, COMMAND_LINE_INDENT, width);
    }
}

bool command_line_has(int argc, char **argv, const char *option)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], option) == 0) {
            return true;
        }
    }
    return false;
}
