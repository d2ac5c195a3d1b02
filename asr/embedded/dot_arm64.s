//go:build !purego

#include "textflag.h"

// Instructions that Go's assembler does not name (Arm Architecture Reference Manual, C7.2). d is
// the destination, n and m the operands, all of them vector registers.
#define SXTL(n, d)      WORD $(0x0F08A400 | (n)<<5 | (d))            // d.8H = n's low eight bytes
#define SXTL2(n, d)     WORD $(0x4F08A400 | (n)<<5 | (d))            // d.8H = n's high eight bytes
#define SMLAL(n, m, d)  WORD $(0x0E608000 | (m)<<16 | (n)<<5 | (d))  // d.4S += n.4H low × m.4H low
#define SMLAL2(n, m, d) WORD $(0x4E608000 | (m)<<16 | (n)<<5 | (d))  // the same of the high halves
#define SDOT(n, m, d)   WORD $(0x4E809400 | (m)<<16 | (n)<<5 | (d))  // d.4S += four products of bytes each

// func dot4NEON(acc *[4]int32, w *int8, x *int16, n int)
TEXT ·dot4NEON(SB), NOSPLIT, $0-32
	MOVD acc+0(FP), R0
	MOVD w+8(FP), R1
	MOVD x+16(FP), R2
	MOVD n+24(FP), R3
	ADD  R3, R1, R4
	ADD  R3, R4, R5
	ADD  R3, R5, R6
	VEOR V0.B16, V0.B16, V0.B16
	VEOR V1.B16, V1.B16, V1.B16
	VEOR V2.B16, V2.B16, V2.B16
	VEOR V3.B16, V3.B16, V3.B16
	VEOR V16.B16, V16.B16, V16.B16
	VEOR V17.B16, V17.B16, V17.B16
	VEOR V18.B16, V18.B16, V18.B16
	VEOR V19.B16, V19.B16, V19.B16

// A row's low products go to Va, its high ones to Vb, so that no sum waits for the one before.
#define WIDE(w, a, b) \
	SXTL(w, 22)       \
	SXTL2(w, 23)      \
	SMLAL(22, 4, a)   \
	SMLAL2(22, 4, b)  \
	SMLAL(23, 5, a)   \
	SMLAL2(23, 5, b)

neon:
	VLD1.P 32(R2), [V4.H8, V5.H8]
	VLD1.P 16(R1), [V6.B16]
	VLD1.P 16(R4), [V7.B16]
	VLD1.P 16(R5), [V20.B16]
	VLD1.P 16(R6), [V21.B16]
	WIDE(6, 0, 16)
	WIDE(7, 1, 17)
	WIDE(20, 2, 18)
	WIDE(21, 3, 19)
	SUBS   $16, R3
	BNE    neon

	VADD  V16.S4, V0.S4, V0.S4
	VADD  V17.S4, V1.S4, V1.S4
	VADD  V18.S4, V2.S4, V2.S4
	VADD  V19.S4, V3.S4, V3.S4
	VADDP V1.S4, V0.S4, V0.S4
	VADDP V3.S4, V2.S4, V2.S4
	VADDP V2.S4, V0.S4, V0.S4
	VST1  [V0.S4], (R0)
	RET

// func dot4SDOT(acc *[4]int32, w *int8, x *int16, n int)
//
// An input is 256·h + l + 128 with h its high byte and l its low byte less 128, both signed:
// Σ w·x = 256·Σ w·h + Σ w·l + 128·Σ w. Sums may wrap on the way; the result, which fits, is exact.
TEXT ·dot4SDOT(SB), NOSPLIT, $0-32
	MOVD  acc+0(FP), R0
	MOVD  w+8(FP), R1
	MOVD  x+16(FP), R2
	MOVD  n+24(FP), R3
	ADD   R3, R1, R4
	ADD   R3, R4, R5
	ADD   R3, R5, R6
	VMOVI $0x80, V30.B16
	VMOVI $1, V31.B16
	VEOR  V0.B16, V0.B16, V0.B16
	VEOR  V1.B16, V1.B16, V1.B16
	VEOR  V2.B16, V2.B16, V2.B16
	VEOR  V3.B16, V3.B16, V3.B16
	VEOR  V16.B16, V16.B16, V16.B16
	VEOR  V17.B16, V17.B16, V17.B16
	VEOR  V18.B16, V18.B16, V18.B16
	VEOR  V19.B16, V19.B16, V19.B16
	VEOR  V24.B16, V24.B16, V24.B16
	VEOR  V25.B16, V25.B16, V25.B16
	VEOR  V26.B16, V26.B16, V26.B16
	VEOR  V27.B16, V27.B16, V27.B16

// A row's sums with the high bytes go to Va, with the low ones to Vb, of the weights to Vc.
#define BYTES(w, a, b, c) \
	SDOT(w, 7, a)         \
	SDOT(w, 6, b)         \
	SDOT(w, 31, c)

sdot:
	VLD1.P 32(R2), [V4.B16, V5.B16]
	VLD1.P 16(R1), [V20.B16]
	VLD1.P 16(R4), [V21.B16]
	VLD1.P 16(R5), [V22.B16]
	VLD1.P 16(R6), [V23.B16]
	VUZP1  V5.B16, V4.B16, V6.B16
	VUZP2  V5.B16, V4.B16, V7.B16
	VEOR   V30.B16, V6.B16, V6.B16
	BYTES(20, 0, 16, 24)
	BYTES(21, 1, 17, 25)
	BYTES(22, 2, 18, 26)
	BYTES(23, 3, 19, 27)
	SUBS   $16, R3
	BNE    sdot

#define WHOLE(a, b, c)           \
	VSHL $8, a.S4, a.S4          \
	VSHL $7, c.S4, c.S4          \
	VADD b.S4, a.S4, a.S4        \
	VADD c.S4, a.S4, a.S4

	WHOLE(V0, V16, V24)
	WHOLE(V1, V17, V25)
	WHOLE(V2, V18, V26)
	WHOLE(V3, V19, V27)
	VADDP V1.S4, V0.S4, V0.S4
	VADDP V3.S4, V2.S4, V2.S4
	VADDP V2.S4, V0.S4, V0.S4
	VST1  [V0.S4], (R0)
	RET
