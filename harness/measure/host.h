/* The machine that a run is made on: what decides memory figures besides the program itself. */
#pragma once

#include "base/text.h"

struct host {
    struct text_list names, values; /* "kernel", "6.1.0-18-amd64"; ... in the order of display */
};

/* Reads what can be read; what cannot is left out. */
void host_read(struct host *host);
void host_clear(struct host *host);

/* A fact by its name, or NULL. */
const char *host_value(const struct host *host, const char *name);

/* A fact that whoever starts trials adds: "off" if they were kept from huge pages, else "host". */
#define HOST_TRIALS_HUGE_PAGES "huge pages of trials"

/* For a caller's own facts, such as the command line. */
void host_add(struct host *host, const char *name, const char *value);
