/* The command line and the environment of the worker of one trial. */
#pragma once

#include "base/text.h"
#include "plan/plan.h"

/* Fills both lists. */
int launch_prepare(const struct plan *plan, const struct trial *trial, struct text_list *argv,
                   struct text_list *environment, struct error *err);
