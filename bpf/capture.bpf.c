// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/* The kernel side of secmon-capture: one object of all programs. */
#include "bpf/vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_endian.h>
#include "bpf/record.h"
#include "bpf/filter.h"

enum event_id {
#define EVENT(id, sym, name, category, flags) EV_##sym = id,
#define PARAM(event, arg, type, fmt, set)
#include "common/events.def"
#undef EVENT
#undef PARAM
};

#include "bpf/state.bpf.h"
#include "bpf/read.bpf.h"
#include "bpf/arch.bpf.h"
#include "bpf/core_fixes.bpf.h"
#include "bpf/emit.bpf.h"
#include "bpf/filter.bpf.h"
#include "bpf/path.bpf.h"
#include "bpf/file.bpf.h"
#include "bpf/identity.bpf.h"
#include "bpf/task.bpf.h"
#include "bpf/told.bpf.h"
#include "bpf/net.bpf.h"
#include "bpf/proc.bpf.h"
#include "bpf/quick.bpf.h"
#include "bpf/sys.bpf.h"
#include "bpf/uringdone.bpf.h"
#include "bpf/uring.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";
