/* A membench-worker that is not one: it obeys, crashes, hangs, babbles or lies, as it is told.
 *
 * The test program plays it itself. membench looks for its worker beside the running program, so
 * fake_worker_begin starts the program once more from a directory that holds two links to it, one
 * of them named membench-worker. A main() reads:
 *
 *     fake_worker_begin(argc, argv);
 *     return cmocka_run_group_tests(tests, NULL, NULL);
 *
 * - `--describe FILE`, `--plan FILE`: it prints the file, so a test's "workload" or "plan" holds
 * the answer of the worker, such as FAKE_WORKER_RUN.
 * - `--prove`: it proves what LD_PRELOAD names, and that --library serves malloc; with
 *   FAKE_DOUBT=TEXT in the setting's environment it doubts it, with FAKE_SILENCE=TEXT it prints the
 *   text to stderr and ends, with FAKE_SAYS=TEXT it prints that there and goes on. With a file
 *   without-FAMILY beside it, the libraries of that family are missing.
 * - a trial: the workload's name is the part that it plays (see `parts` in fake_worker.c). */
#pragma once

/* Returns only in the program that has a fake worker beside it. */
void fake_worker_begin(int argc, char **argv);

/* What the worker answers for a workload without parameters, and for a script. */
#define FAKE_WORKER_RUN "{\"kind\": \"workload\", \"summary\": \"\", \"parameters\": []}"
#define FAKE_WORKER_SCRIPT "{\"kind\": \"script\", \"summary\": \"\", \"parameters\": []}"

/* Bytes that "obeys" holds at its phase "loaded" and no more at "end". */
enum { FAKE_WORKER_LOAD = 32 << 20 };
