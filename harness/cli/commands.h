/* The sub-commands. Each takes its own command line (argv[0] is its name) and returns an exit
 * status. Results go to stdout, everything else to stderr. */
#pragma once

int command_run_workloads(int argc, char **argv);
int command_report(int argc, char **argv);
int command_list(int argc, char **argv);
int command_doctor(int argc, char **argv);
int command_compare(int argc, char **argv);
int command_baseline(int argc, char **argv);
int command_selftest(int argc, char **argv);
