/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_NEED_H
#define NB_NEED_H

/* What a benchmark or one of its variants asks of the machine; bench.def names them. */
enum nb_need {
	NB_NEED_NONE = 0,
	NB_NEED_IRQCHIP = 1 << 0,      /* in-kernel PIC, IOAPIC, local APIC and PIT */
	NB_NEED_IOEVENTFD = 1 << 1,    /* KVM_CAP_IOEVENTFD */
	NB_NEED_X2APIC = 1 << 2,       /* CPUID 1 ECX[21], in the guest */
	NB_NEED_TSC_DEADLINE = 1 << 3, /* KVM_CAP_TSC_DEADLINE_TIMER */
	NB_NEED_RDTSCP = 1 << 4,       /* CPUID 0x80000001 EDX[27] */
	NB_NEED_XSAVE = 1 << 5,	       /* CPUID 1 ECX[26] */
	NB_NEED_IOPERM = 1 << 6,       /* CAP_SYS_RAWIO, ioperm(2) */
	NB_NEED_TWO_CPUS = 1 << 7,     /* a second CPU for a second thread or vCPU */
	NB_NEED_IRQFD = 1 << 8,	       /* KVM_CAP_IRQFD, KVM_CAP_IRQ_ROUTING */
	NB_NEED_RESAMPLE = 1 << 9,     /* KVM_CAP_IRQFD_RESAMPLE */
	NB_NEED_MSI = 1 << 10,	       /* KVM_CAP_SIGNAL_MSI */
	NB_NEED_PAGES_1G = 1 << 11,    /* CPUID 0x80000001 EDX[26], in the guest */
	NB_NEED_PCID = 1 << 12,	       /* CPUID 1 ECX[17], in the guest */
	NB_NEED_INVPCID = 1 << 13,     /* CPUID 7 EBX[10], in the guest */
	NB_NEED_NX = 1 << 14,	       /* CPUID 0x80000001 EDX[20], in the guest */
	NB_NEED_VMX = 1 << 15,	       /* CPUID 1 ECX[5], in the guest */
	NB_NEED_SVM = 1 << 16,	       /* CPUID 0x80000001 ECX[2], in the guest */
	NB_NEED_NESTING = 1 << 17,     /* one of these two */
};

#endif
