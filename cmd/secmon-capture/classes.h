/* SPDX-License-Identifier: BSD-2-Clause */
/* What can be captured: a class for each event, with the hook it comes from. */
#ifndef SECMON_CAPTURE_CLASSES_H
#define SECMON_CAPTURE_CLASSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* When a class is captured without being asked for; CLASS_NAMED: not even by "all". */
enum class_on { CLASS_NAMED, CLASS_REQUEST, CLASS_COMMAND, CLASS_DEFAULT };

struct class
{
	uint16_t event; /* enum event_id */
	uint8_t on;	/* enum class_on */
	bool life;	/* of the life ring, from the scheduler's tracepoints */
	bool syscall;	/* from the end of a system call */
};

/* class_table(n): all of them, in the order of event ids; *n is their number. */
const struct class *class_table(size_t *n);

/* class_find(event): that class, or NULL if the event cannot be captured. */
const struct class *class_find(unsigned int event);

#endif
