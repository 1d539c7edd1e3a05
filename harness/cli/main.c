/* membench: the table of sub-commands. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/exit_status.h"

struct sub_command {
    const char *name;
    const char *summary;
    int (*function)(int argc, char **argv);
};

static const struct sub_command sub_commands[] = {
    {"run", "measure workloads under allocators (may be left out)", command_run_workloads},
    {"report", "render a stored run again", command_report},
    {"compare", "one run against another, or against a baseline", command_compare},
    {"baseline", "save, show or check a baseline: a file for version control", command_baseline},
    {"list", "show what there is: allocators, workloads, metrics, runs", command_list},
    {"doctor", "what this machine can and cannot measure, and how to mend it", command_doctor},
    {"selftest", "whether verdicts are right here, and what they can see", command_selftest},
};
enum { SUB_COMMANDS = sizeof sub_commands / sizeof *sub_commands };

static void print_help(void)
{
    puts("membench measures what a Python program's memory does under different mallocs.\n"
         "\n"
         "usage: membench [run] [OPTIONS] WORKLOAD... [-- ARGUMENTS]\n"
         "       membench report RUN\n"
         "       membench compare BEFORE NOW\n"
         "       membench baseline save|show|check FILE [RUN]\n"
         "       membench list allocators|workloads|metrics|runs\n"
         "       membench doctor\n"
         "       membench selftest\n"
         "\n"
         "  membench --alloc glibc,tcmalloc,jemalloc request_bursts\n"
         "      a shipped workload: five fresh processes under each allocator, interleaved\n"
         "\n"
         "  membench -a glibc,jemalloc-background -n 3 server.py -- --port 0\n"
         "      any script, with its own arguments: is the memory given back, and when?\n"
         "\n"
         "  membench -a glibc -a 'tuned=glibc;MALLOC_ARENA_MAX=2' --cycles 5 request_bursts\n"
         "      a setting of your own against the default; does it grow with every burst?\n");
    puts("commands:");
    for (size_t i = 0; i < SUB_COMMANDS; i++) {
        printf("  %-8s %s\n", sub_commands[i].name, sub_commands[i].summary);
    }
    puts("\n'membench run --help' shows every option of a run.\n"
         "Results go to stdout and to files in ./results; progress goes to stderr.\n"
         "Exit status: 0 all was measured and every claim holds, 1 a claim is refuted or a gate "
         "worse, 3\n"
         "a claim or a gate is undecided, 2 wrong usage, 125 something asked for could not be\n"
         "measured, 130 interrupted.");
}

/* The supervisor must not run under the malloc that it measures, nor under any other: it starts
 * itself anew without the preload. */
static void leave_preload(char **argv)
{
    const char *preload = getenv("LD_PRELOAD");
    if (!preload || preload[0] == '\0') {
        return;
    }
    fprintf(stderr,
            "membench: warning: LD_PRELOAD='%s' is ignored\n"
            "hint: choose allocators with --alloc; a library of your own is 'NAME=/its/path.so'\n",
            preload);
    unsetenv("LD_PRELOAD");
    execv("/proc/self/exe", argv);
}

int main(int argc, char **argv)
{
    leave_preload(argv);
    setlocale(LC_CTYPE, "");
    const char *first = argc > 1 ? argv[1] : "--help";
    if (strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0 || strcmp(first, "help") == 0) {
        print_help();
        return argc > 1 ? EXIT_DONE : EXIT_WRONG_USAGE;
    }
    if (strcmp(first, "--version") == 0) {
        puts("membench " MEMBENCH_VERSION " (CPython " MEMBENCH_PYTHON_VERSION ")");
        return EXIT_DONE;
    }
    for (size_t i = 0; i < SUB_COMMANDS; i++) {
        if (strcmp(first, sub_commands[i].name) == 0) {
            return sub_commands[i].function(argc - 1, argv + 1);
        }
    }
    return command_run_workloads(argc, argv);
}
