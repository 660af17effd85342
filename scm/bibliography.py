"""The works this project rests on; docstrings cite them by key, as in [daunhawer2023]."""

from __future__ import annotations

BIBLIOGRAPHY: dict[str, str] = {
    "chen2025": "Chen, Xiao, Zhang, Zheng, Chen. Understanding Hardness of Vision-Language "
    "Compositionality from A Token-level Causal Lens. arXiv 2510.26302, 2025.",
    "daunhawer2023": "Daunhawer, Bizeul, Palumbo, Marx, Vogt. Identifiability Results for "
    "Multimodal Contrastive Learning. ICLR 2023, arXiv 2303.09166.",
    "haochen2021": "HaoChen, Wei, Gaidon, Ma. Provable Guarantees for Self-Supervised Deep "
    "Learning with Spectral Contrastive Loss. NeurIPS 2021, arXiv 2106.04156.",
    "holm1979": "Holm. A Simple Sequentially Rejective Multiple Test Procedure. Scandinavian "
    "Journal of Statistics 6, 1979.",
    "jordan2024": "Jordan et al. Muon: An optimizer for hidden layers in neural networks. 2024.",
    "kamath2024": "Kamath, Hsieh, Chang, Krishna. The Hard Positive Truth about Vision-Language "
    "Compositionality. ECCV 2024, arXiv 2409.17958.",
    "kargi2026": "Kargi et al. arXiv 2602.23906, 2026 (half-truths).",
    "koishigarina2025": "Koishigarina, Uselis, Oh. CLIP Behaves like a Bag-of-Words Model "
    "Cross-modally but not Uni-modally. arXiv 2502.03566, 2025.",
    "kozachenko1987": "Kozachenko, Leonenko. Sample Estimate of the Entropy of a Random Vector. "
    "Problems of Information Transmission 23, 1987.",
    "oord2018": "van den Oord, Li, Vinyals. Representation Learning with Contrastive Predictive "
    "Coding. arXiv 1807.03748, 2018.",
    "radford2021": "Radford et al. Learning Transferable Visual Models From Natural Language "
    "Supervision. ICML 2021, arXiv 2103.00020.",
    "salmon2011": "Salmon, Moraes, Dror, Shaw. Parallel Random Numbers: As Easy as 1, 2, 3. "
    "SC 2011.",
    "thrush2022": "Thrush, Jiang, Bartolo, Singh, Williams, Kiela, Ross. Winoground: Probing "
    "Vision and Language Models for Visio-Linguistic Compositionality. CVPR 2022, "
    "arXiv 2204.03162.",
    "vonkugelgen2021": "von Kügelgen et al. Self-Supervised Learning with Data Augmentations "
    "Provably Isolates Content from Style. NeurIPS 2021, arXiv 2106.04619.",
    "wang2020": "Wang, Isola. Understanding Contrastive Representation Learning through Alignment "
    "and Uniformity on the Hypersphere. ICML 2020, arXiv 2005.10242.",
    "yuksekgonul2023": "Yuksekgonul, Bianchi, Kalluri, Jurafsky, Zou. When and Why Vision-Language "
    "Models Behave like Bags-of-Words, and What to Do About It? ICLR 2023, arXiv 2210.01936.",
    "zhai2022": "Zhai, Wang, Mustafa, Steiner, Keysers, Kolesnikov, Beyer. LiT: Zero-Shot Transfer "
    "with Locked-image Text Tuning. CVPR 2022, arXiv 2111.07991.",
    "zhai2023": "Zhai, Mustafa, Kolesnikov, Beyer. Sigmoid Loss for Language Image Pre-Training. "
    "ICCV 2023, arXiv 2303.15343.",
    "zimmermann2021": "Zimmermann, Sharma, Schneider, Bethge, Brendel. Contrastive Learning "
    "Inverts the Data Generating Process. ICML 2021, arXiv 2102.08850.",
}
"""Key to reference. A key in brackets in any docstring of the project must be here."""
