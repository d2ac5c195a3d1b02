"""Stage 4: write the network for the gateway. usage: export.py CHECKPOINT SPEECH_FOLDER WEIGHTS_FOLDER TESTDATA_FOLDER

acoustic.bin: uint32 header length (little endian), JSON header, then per layer int8 weights [out][tap][in], float32 scale[out],
float32 bias[out]; batch norms are folded in. weight = int8 · scale. The header's "layers" say how to run them; "log_prior" holds the
logarithm of each phoneme's mean posterior on held-out voices (index 0: blank); "trained" says where the weights come from.
fixture.raw and fixture.logits.bin (int32 frames, int32 symbols, float32 log posteriors) let the Go code prove that it computes the
same as this one, from the int8 weights.
"""
import datetime
import json
import struct
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn as nn

import fit
import frontend as fe
import voices


def folded(conv, norm):
    """Fold a batch norm into its convolution: (weight [out, in, tap], bias)."""
    s = (norm.weight / torch.sqrt(norm.running_var + norm.eps)).detach()
    return conv.weight.detach() * s.view(-1, 1, 1), (norm.bias - norm.running_mean * s).detach()


def quantised(net):
    """Return the layers: header fields plus int8 weights `q` [out][tap][in], `scale` and `bias`."""
    layers = [(dict(name="front", stride=3, dil=1, left=fe.Net.FRONT_PAD[0], right=fe.Net.FRONT_PAD[1], res=False), folded(net.front, net.front_norm))]
    for i, b in enumerate(net.blocks):
        layers.append((dict(name=f"block{i}", stride=1, dil=b.conv.dilation[0], left=b.pad[0], right=b.pad[1], res=True), folded(b.conv, b.norm)))
    for name, h in (("phones", net.phones), ("chars", net.chars)):
        layers.append((dict(name=name, stride=1, dil=1, left=0, right=0, res=False), (h.weight.detach(), h.bias.detach())))
    out = []
    for head, (w, b) in layers:
        w = w.permute(0, 2, 1).contiguous().numpy()
        scale = (np.abs(w).reshape(len(w), -1).max(1) / 127 + 1e-12).astype(np.float32)
        q = np.clip(np.round(w / scale[:, None, None]), -127, 127).astype(np.int8)
        out.append((dict(head, out=w.shape[0], taps=w.shape[1], inp=w.shape[2]), q, scale, b.numpy().astype(np.float32)))
    return out


def read(path):
    """Read acoustic.bin back: (header, layers as `quantised` returns them)."""
    b = Path(path).read_bytes()
    at = 4 + struct.unpack("<I", b[:4])[0]
    head, out = json.loads(b[4:at]), []

    def take(kind, *shape):
        nonlocal at
        x = np.frombuffer(b, kind, int(np.prod(shape)), at).reshape(shape).copy()
        at += x.nbytes
        return x

    for h in head["layers"]:
        out.append((h, take(np.int8, h["out"], h["taps"], h["inp"]), take("<f4", h["out"]), take("<f4", h["out"])))
    return head, out


def run(layers, m):
    """Run the quantised layers on features [1, frames, 40]; returns the phoneme log posteriors [frames/3, symbols]."""
    x = m.transpose(1, 2)
    for head, q, scale, bias in layers:
        w = torch.from_numpy(q.astype(np.float32) * scale[:, None, None]).permute(0, 2, 1)
        y = nn.functional.conv1d(nn.functional.pad(x, (head["left"], head["right"])), w, torch.from_numpy(bias), stride=head["stride"], dilation=head["dil"])
        if head["name"] == "phones":
            return y[0].T.log_softmax(-1)
        x = x + torch.relu(y) if head["res"] else torch.relu(y)


def measure(layers, net, held):
    """Return (log prior, phoneme error of the float network, of the int8 one) on held-out voices."""
    total, frames, err = 0, 0, np.zeros(3)
    with torch.no_grad():
        for u in held:
            m, ref = fe.features(fe.padded(u.pcm)), fe.phone_ids(u.phones)
            lp = run(layers, m)
            total, frames = total + lp.exp().sum(0).double().numpy(), frames + len(lp)
            err += [fe.distance(ref, fe.best_path(net(m)[0][0])), fe.distance(ref, fe.best_path(lp)), len(ref)]
    return np.log(total / frames), err[0] / err[2], err[1] / err[2]


def main(checkpoint, speech, weights, testdata):
    torch.set_num_threads(1)
    ck = torch.load(checkpoint, map_location="cpu")
    net = fe.Net()
    net.load_state_dict(ck["net"])
    net.eval()
    layers, held = quantised(net), voices.load(Path(speech) / "held-00.pkl")
    hours = sum(p.stat().st_size for p in Path(speech).glob("*-[0-9]*.pkl")) / (2 * fe.RATE) / 3600       # all but samples is small
    prior, err, err8 = measure(layers, net, held)
    trained = dict(date=datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d"), steps=ck["step"], minutes=round(ck["clock"] / 60, 1),
                   progress=round(ck["progress"], 3), hours_heard=round(ck["heard"] / 3600, 1), hours_of_speech=round(hours, 1), seed=fit.SEED,
                   held_out_per=round(err8, 4), by="asr/embedded/train: synthetic French and English speech only, 8 kHz G.711; a demonstration model")
    head = json.dumps(dict(rate=fe.RATE, win=fe.WIN, hop=fe.HOP, mels=fe.MELS, fmin=fe.FMIN, fmax=fe.FMAX, floor=fe.FLOOR, norm=fe.NORM, phones=fe.PHONES,
                           chars=fe.CHARS, layers=[x[0] for x in layers], log_prior=[round(float(p), 4) for p in prior], trained=trained)).encode()
    Path(weights).mkdir(parents=True, exist_ok=True)
    blob = b"".join(q.tobytes() + s.astype("<f4").tobytes() + b.astype("<f4").tobytes() for _, q, s, b in layers)
    (Path(weights) / "acoustic.bin").write_bytes(struct.pack("<I", len(head)) + head + blob)
    print(f"export: acoustic.bin {4 + len(head) + len(blob)} bytes; held-out phoneme error {err:.4f} in float, {err8:.4f} in int8")

    _, x = voices.espeak("bonjour où est mon colis s'il vous plaît", "fr+f3", 160, 50)
    # The fixture is what the line delivers: already through A-law, so the gateway's own pass changes nothing.
    pcm = fe.alaw_decode(fe.alaw_encode(voices.int16(np.concatenate([np.zeros(1600), x, np.zeros(2400)])[:3 * fe.RATE])))
    pcm.astype("<i2").tofile(Path(testdata) / "fixture.raw")
    with torch.no_grad():
        lp = run(layers, fe.features(torch.from_numpy(fe.companded(pcm.astype(np.float32)[None] / 32768)))).numpy().astype("<f4")
    (Path(testdata) / "fixture.logits.bin").write_bytes(struct.pack("<ii", *lp.shape) + lp.tobytes())
    print("export: the fixture says " + " ".join(fe.PHONES[i - 1] for i in fe.best_path(torch.from_numpy(lp))))


if __name__ == "__main__":
    main(*sys.argv[1:])
