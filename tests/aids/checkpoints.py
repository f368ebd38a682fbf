"""Tiny random networks as the transformers library writes them, made offline."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    AutoModel,
    AutoModelForObjectDetection,
    BertConfig,
    CLIPConfig,
    ConvNextConfig,
    DebertaV2Config,
    DetrConfig,
    Dinov2Config,
    ElectraConfig,
    MobileNetV2Config,
    PatchTSMixerConfig,
    PatchTSMixerForPrediction,
    PatchTSTConfig,
    PatchTSTForPrediction,
    PreTrainedTokenizerFast,
    ResNetConfig,
    RobertaConfig,
    RTDetrConfig,
    RTDetrResNetConfig,
    SwinConfig,
    TimesFm2_5Config,
    TimesFm2_5ModelForPrediction,
    TimesFmConfig,
    TimesFmModelForPrediction,
    ViTConfig,
    YolosConfig,
)

SIZES = {
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "max_position_embeddings": 64,
}
DEBERTA = {
    "relative_attention": True,
    "pos_att_type": ["p2c", "c2p"],
    "position_buckets": 8,
    "norm_rel_ebd": "layer_norm",
    "share_att_key": True,
    "position_biased_input": False,
    "type_vocab_size": 0,
}
KINDS = {
    "bert": lambda **sizes: BertConfig(**sizes),
    "roberta": lambda **sizes: RobertaConfig(**sizes),
    "electra": lambda **sizes: ElectraConfig(embedding_size=12, **sizes),
    "deberta-v2": lambda **sizes: DebertaV2Config(**sizes, **DEBERTA),
}
PADDING = {"roberta": 1}
SIDE = 32  # pixels
TOKENS = {
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "image_size": SIDE,
    "patch_size": 8,
}
STAGES = {"hidden_sizes": [8, 16], "depths": [1, 2]}
SEEING = {
    "vit": lambda: ViTConfig(**TOKENS),
    "dinov2": lambda: Dinov2Config(mlp_ratio=2, **TOKENS),
    "resnet": lambda: ResNetConfig(embedding_size=8, layer_type="basic", **STAGES),
    "convnext": lambda: ConvNextConfig(num_stages=2, **STAGES),
    "mobilenet_v2": lambda: MobileNetV2Config(depth_multiplier=0.2, image_size=SIDE),
    "swin": lambda: SwinConfig(
        image_size=SIDE, patch_size=2, embed_dim=8, depths=[1, 1], num_heads=[1, 2], window_size=4
    ),
    "clip": lambda: CLIPConfig(vision_config=TOKENS, text_config={**SIZES, "vocab_size": 50}),
}

LEVELS = {"embedding_size": 8, "hidden_sizes": [8, 8, 16, 16], "depths": [1, 1, 1, 1], "layer_type": "basic"}
HEADS = {"encoder_attention_heads": 2, "decoder_attention_heads": 2, "encoder_ffn_dim": 32, "decoder_ffn_dim": 32}
FINDING = {
    "yolos": lambda: YolosConfig(**{**TOKENS, "image_size": [SIDE, SIDE]}, num_detection_tokens=12),
    "detr": lambda: DetrConfig(
        use_timm_backbone=False, backbone_config=ResNetConfig(**LEVELS, out_features=["stage4"]), d_model=16,
        encoder_layers=1, decoder_layers=1, num_queries=12, **HEADS,
    ),
    "rt_detr": lambda: RTDetrConfig(
        backbone_config=RTDetrResNetConfig(**LEVELS, out_features=["stage2", "stage3", "stage4"]),
        encoder_in_channels=[8, 16, 16], encoder_hidden_dim=16, d_model=16, decoder_in_channels=[16, 16, 16],
        decoder_layers=1, num_queries=12, num_denoising=4, **HEADS,
    ),
}  # fmt: skip

PATCHES = {"context_length": 24, "patch_length": 4, "patch_stride": 4, "prediction_length": 6, "num_input_channels": 3}
PATCHES |= {"d_model": 8}
ATTENTION = {"num_hidden_layers": 1, "hidden_size": 16, "intermediate_size": 16, "num_attention_heads": 2}
FORECASTING = {
    "patchtst": lambda: PatchTSTForPrediction(
        PatchTSTConfig(**PATCHES, num_hidden_layers=1, num_attention_heads=2, ffn_dim=16, loss="nll")
    ),
    "patchtsmixer": lambda: PatchTSMixerForPrediction(PatchTSMixerConfig(**PATCHES, num_layers=1, scaling="std")),
    "timesfm": lambda: TimesFmModelForPrediction(
        TimesFmConfig(**ATTENTION, patch_length=4, context_length=24, horizon_length=6, head_dim=8, freq_size=3)
    ),
    "timesfm2_5": lambda: TimesFm2_5ModelForPrediction(
        TimesFm2_5Config(
            **ATTENTION, patch_length=4, context_length=64, horizon_length=6, head_dim=8, num_key_value_heads=2,
            output_quantile_len=6,
        )
    ),
}  # fmt: skip


def forecasting(kind: str, folder: Path) -> Path:
    """Write a forecaster of this kind into `folder`."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        FORECASTING[kind]().save_pretrained(folder)
    return folder


def checkpoint(kind: str, folder: Path, texts: list[str]) -> Path:
    """Write a network of this kind and a tokenizer of these texts into `folder`."""
    padding = PADDING.get(kind, 0)
    special = ["[CLS]", "[SEP]", "[UNK]", "[MASK]"]
    special.insert(padding, "[PAD]")
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.train_from_iterator(
        texts, trainers.WordPieceTrainer(vocab_size=300, special_tokens=special, show_progress=False)
    )
    ends = [(name, tokenizer.token_to_id(name)) for name in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=ends)
    names = {"unk_token": "[UNK]", "pad_token": "[PAD]", "sep_token": "[SEP]", "cls_token": "[CLS]"}
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names).save_pretrained(folder)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        config = KINDS[kind](vocab_size=tokenizer.get_vocab_size(), pad_token_id=padding, **SIZES)
        AutoModel.from_config(config).save_pretrained(folder)
    return folder


def seeing(kind: str, folder: Path) -> Path:
    """Write a network for pictures of this kind, and how pictures are prepared for it, into `folder`."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        made = AutoModelForObjectDetection if kind in FINDING else AutoModel
        made.from_config((SEEING | FINDING)[kind]()).save_pretrained(folder)
    said = {
        "size": {"height": SIDE, "width": SIDE},
        "do_rescale": True,
        "rescale_factor": 1 / 255,
        "do_normalize": True,
        "image_mean": [0.5, 0.4, 0.3],
        "image_std": [0.2, 0.2, 0.1],
    }
    (folder / "preprocessor_config.json").write_text(json.dumps(said), "utf-8")
    return folder
