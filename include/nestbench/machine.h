/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_MACHINE_H
#define NB_MACHINE_H

#include <stdint.h>

/*
 * What a machine is, as far as it can be read from inside without root. The lists below are the
 * only place that names a fact: the struct, the JSON and the columns of the store's table
 * "machine" follow them (a test compares schema.sql with them). A fact that cannot be read is ""
 * or -1.
 */

/* clang-format off */
/* X(field, size of the text) */
#define NB_MACHINE_TEXTS(X)                                                                        \
	X(platform, 160)           /* key: hypervisor, CPU family/model/stepping, ... (below) */   \
	X(instance, 96)            /* key: cloud size and image; "" outside a cloud */             \
	X(host, 96)                /* key: the physical host, best effort */                       \
	X(cpu_vendor, 16)          /* GenuineIntel */                                              \
	X(cpu_brand, 64)                                                                           \
	X(microcode, 24)           /* as the kernel prints it, 0x... */                            \
	X(topology, 48)            /* "1 socket x 4 cores x 2 threads" */                          \
	X(hypervisor, 24)          /* vendor signature of CPUID 0x40000000; "" on hardware */      \
	X(hypervisor_version, 96)  /* its version leaves, decoded where known, else in hex */      \
	X(dmi_vendor, 64)                                                                          \
	X(dmi_product, 64)                                                                         \
	X(dmi_version, 64)                                                                         \
	X(dmi_bios, 96)            /* vendor and version */                                        \
	X(cloud, 16)               /* azure, aws, gcp or "" */                                     \
	X(wsl, 16)                 /* "1", "2" or "" */                                            \
	X(container, 24)           /* docker, podman, lxc, ... or "" */                            \
	X(os, 96)                  /* PRETTY_NAME of /etc/os-release */                            \
	X(kernel, 160)             /* uname release and version */                                 \
	X(kernel_cmdline, 1024)                                                                    \
	X(mitigations, 1536)       /* one "name: state" per vulnerability, "; " between */         \
	X(kvm_module, 16)          /* kvm_intel, kvm_amd, kvm_pvm, ... or "" */                    \
	X(kvm_parameters, 1536)    /* "kvm.halt_poll_ns=200000 kvm_intel.ept=Y ..." */             \
	X(clocksource, 32)                                                                         \
	X(thp, 16)                 /* always, madvise, never */                                    \
	X(governor, 24)            /* cpufreq governor of CPU 0 */                                 \
	X(boot_id, 40)

/* X(field): whole numbers, -1 where unknown */
#define NB_MACHINE_NUMBERS(X)                                                                      \
	X(cpu_family)                                                                              \
	X(cpu_model)                                                                               \
	X(cpu_stepping)                                                                            \
	X(cpus)                    /* online logical CPUs */                                       \
	X(memory_bytes)                                                                            \
	X(swap_bytes)
/* clang-format on */

/*
 * platform = "HYPERVISOR/cpu FAMILY.MODEL.STEPPING/TOPOLOGY/LEVEL/CLOCKSOURCE". Clock speed,
 * bogomips and the host's name are never part of a key: they differ between equal machines.
 */
struct nb_machine {
#define NB_TEXT(field, size) char field[size];
#define NB_NUMBER(field)     int64_t field;
	NB_MACHINE_TEXTS(NB_TEXT)
	NB_MACHINE_NUMBERS(NB_NUMBER)
#undef NB_TEXT
#undef NB_NUMBER
};

#endif
