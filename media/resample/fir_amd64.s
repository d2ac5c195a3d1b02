#include "textflag.h"

// func firAVX2(y, x, c *float32, n, taps int)
//
// y[i] += sum of c[k]*x[i+k], for 32 outputs at a time, then for 8. One coefficient at a time is
// spread over a vector and multiplied with the samples that start k later.
TEXT ·firAVX2(SB), NOSPLIT, $0-40
	MOVQ y+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ c+16(FP), DX
	MOVQ n+24(FP), CX
	MOVQ taps+32(FP), BX

wide:
	CMPQ CX, $32
	JLT  narrow
	VMOVUPS (DI), Y0
	VMOVUPS 32(DI), Y1
	VMOVUPS 64(DI), Y2
	VMOVUPS 96(DI), Y3
	MOVQ SI, R8
	MOVQ DX, R9
	MOVQ BX, R10

wideTap:
	VBROADCASTSS (R9), Y4
	VFMADD231PS (R8), Y4, Y0
	VFMADD231PS 32(R8), Y4, Y1
	VFMADD231PS 64(R8), Y4, Y2
	VFMADD231PS 96(R8), Y4, Y3
	ADDQ $4, R8
	ADDQ $4, R9
	DECQ R10
	JNZ  wideTap
	VMOVUPS Y0, (DI)
	VMOVUPS Y1, 32(DI)
	VMOVUPS Y2, 64(DI)
	VMOVUPS Y3, 96(DI)
	ADDQ $128, DI
	ADDQ $128, SI
	SUBQ $32, CX
	JMP  wide

narrow:
	CMPQ CX, $8
	JLT  done
	VMOVUPS (DI), Y0
	MOVQ SI, R8
	MOVQ DX, R9
	MOVQ BX, R10

narrowTap:
	VBROADCASTSS (R9), Y4
	VFMADD231PS (R8), Y4, Y0
	ADDQ $4, R8
	ADDQ $4, R9
	DECQ R10
	JNZ  narrowTap
	VMOVUPS Y0, (DI)
	ADDQ $32, DI
	ADDQ $32, SI
	SUBQ $8, CX
	JMP  narrow

done:
	VZEROUPPER
	RET
