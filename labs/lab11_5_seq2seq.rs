//! Lab 11-5: from sentence to sentence, beside lab11_5_seq2seq.ipynb.
#![allow(non_snake_case, non_upper_case_globals)] // SOS_token, SOURCE_MAX_LENGTH and others are the notebook's names

// In[1]
use zerotoall::{lab_prelude::*, println};

fn main() {
    lab::main_on_device("lab11_5_seq2seq", "Lab 11-5: from sentence to sentence", run)
}

fn run(lab: &Lab) -> Result<()> {
    lab.cell(2);
    random::seed(lab.seed(0));
    torch::manual_seed(lab.seed(0));
    let device = lab.device();

    // ## Data
    lab.cell(3);
    let raw = [
        "I feel sleepy.\t나는 잠이 온다.",
        "Rust is very fast.\t러스트는 아주 빠르다.",
        "Rust is a language for all people.\t러스트는 모두를 위한 언어이다.",
        "Rust is very pleasant to read.\t러스트는 읽기에 아주 즐겁다.",
    ];

    lab.cell(4);
    const SOS_token: i64 = 0;
    const EOS_token: i64 = 1;

    // ## Words and numbers
    lab.cell(5);
    use std::collections::HashMap;

    struct Vocab {
        vocab2index: HashMap<String, i64>,
        index2vocab: HashMap<i64, String>,
        vocab_count: HashMap<String, i64>,
        n_vocab: i64,
    }

    impl Vocab {
        fn new() -> Self {
            let vocab2index =
                HashMap::from([("<SOS>".to_string(), SOS_token), ("<EOS>".to_string(), EOS_token)]);
            let index2vocab =
                HashMap::from([(SOS_token, "<SOS>".to_string()), (EOS_token, "<EOS>".to_string())]);
            let n_vocab = vocab2index.len() as i64;
            Vocab { vocab2index, index2vocab, vocab_count: HashMap::new(), n_vocab }
        }

        fn add_vocab(&mut self, sentence: &str) {
            for word in sentence.split(" ") {
                if !self.vocab2index.contains_key(word) {
                    self.vocab2index.insert(word.to_string(), self.n_vocab);
                    self.vocab_count.insert(word.to_string(), 1);
                    self.index2vocab.insert(self.n_vocab, word.to_string());
                    self.n_vocab += 1;
                } else if let Some(count) = self.vocab_count.get_mut(word) {
                    *count += 1;
                }
            }
        }
    }

    lab.cell(6);
    fn filter_pair(pair: &[String], source_max_length: usize, target_max_length: usize) -> bool {
        pair[0].split(" ").count() < source_max_length && pair[1].split(" ").count() < target_max_length
    }

    lab.cell(7);
    fn preprocess(
        corpus: &[&str],
        source_max_length: usize,
        target_max_length: usize,
    ) -> (Vec<Vec<String>>, Vocab, Vocab) {
        println!("reading corpus...");
        let mut pairs: Vec<Vec<String>> = Vec::new();
        for line in corpus {
            pairs.push(line.trim().to_lowercase().split("\t").map(str::to_string).collect());
        }
        println!("Read {} sentence pairs", pairs.len());

        pairs.retain(|pair| filter_pair(pair, source_max_length, target_max_length));
        println!("Trimmed to {} sentence pairs", pairs.len());

        let mut source_vocab = Vocab::new();
        let mut target_vocab = Vocab::new();

        println!("Counting words...");
        for pair in &pairs {
            source_vocab.add_vocab(&pair[0]);
            target_vocab.add_vocab(&pair[1]);
        }
        println!("source vocab size = {}", source_vocab.n_vocab);
        println!("target vocab size = {}", target_vocab.n_vocab);

        (pairs, source_vocab, target_vocab)
    }

    // ## Encoder and decoder
    lab.cell(8);
    module! {
        struct Encoder(input_size: i64, hidden_size: i64) {
            hidden_size: i64 = hidden_size,
            embedding: nn::Embedding(input_size, hidden_size),
            gru: nn::GRU(hidden_size, hidden_size),
        }

        fn forward(&self, x, hidden) -> (Tensor, Tensor) {
            let x = self.embedding.forward(x).view([1, 1, -1]);
            self.gru.forward(&x, hidden)
        }
    }

    lab.cell(9);
    module! {
        struct Decoder(hidden_size: i64, output_size: i64) {
            hidden_size: i64 = hidden_size,
            embedding: nn::Embedding(output_size, hidden_size),
            gru: nn::GRU(hidden_size, hidden_size),
            out: nn::Linear(hidden_size, output_size),
            softmax: nn::LogSoftmax(1),
        }

        fn forward(&self, x, hidden) -> (Tensor, Tensor) {
            let x = self.embedding.forward(x).view([1, 1, -1]);
            let (x, hidden) = self.gru.forward(&x, hidden);
            let x = self.softmax.forward(&self.out.forward(&x.i(0)));
            (x, hidden)
        }
    }

    // Python's functions find `device` among the variables of the notebook; Rust's are given it.
    lab.cell(10);
    fn tensorize(vocab: &Vocab, sentence: &str, device: torch::Device) -> Tensor {
        let mut indexes: Vec<i64> = sentence.split(" ").map(|word| vocab.vocab2index[word]).collect();
        indexes.push(vocab.vocab2index["<EOS>"]);
        torch::Tensor(indexes).long().to(device).view([-1, 1])
    }

    // ## Training
    lab.cell(11);
    let train = |pairs: &[Vec<String>],
                 source_vocab: &Vocab,
                 target_vocab: &Vocab,
                 encoder: &Encoder,
                 decoder: &Decoder,
                 n_iter: i64,
                 print_every: i64,
                 device: torch::Device| {
        let mut loss_total = Float(0.0);

        let encoder_optimizer = optim::SGD::new(encoder.parameters(), lab.lr(0.01));
        let decoder_optimizer = optim::SGD::new(decoder.parameters(), lab.lr(0.01));

        let training_batch: Vec<_> = (0..n_iter).map(|_| random::choice(pairs)).collect();
        let training_source: Vec<_> =
            training_batch.iter().map(|pair| tensorize(source_vocab, &pair[0], device)).collect();
        let training_target: Vec<_> =
            training_batch.iter().map(|pair| tensorize(target_vocab, &pair[1], device)).collect();

        let criterion = nn::NLLLoss::new();

        for i in 1..=n_iter {
            let source_tensor = &training_source[i as usize - 1];
            let target_tensor = &training_target[i as usize - 1];

            let mut encoder_hidden = torch::zeros([1, 1, encoder.hidden_size]).to(device);

            encoder_optimizer.zero_grad();
            decoder_optimizer.zero_grad();

            let source_length = source_tensor.size_dim(0);
            let target_length = target_tensor.size_dim(0);

            let mut loss = torch::tensor(0.0).to(device); // Python's 0

            for enc_input in 0..source_length {
                (_, encoder_hidden) = encoder.forward(&source_tensor.i(enc_input), &encoder_hidden);
            }

            let mut decoder_input = torch::Tensor([[SOS_token]]).long().to(device);
            let mut decoder_hidden = encoder_hidden;

            for di in 0..target_length {
                let decoder_output;
                (decoder_output, decoder_hidden) = decoder.forward(&decoder_input, &decoder_hidden);
                loss += criterion.forward(&decoder_output, &target_tensor.i(di));
                decoder_input = target_tensor.i(di);
            }

            loss.backward();

            encoder_optimizer.step();
            decoder_optimizer.step();

            let loss_iter = loss.item() / target_length as f64;
            loss_total += loss_iter;

            if i % print_every == 0 {
                let loss_avg = loss_total / print_every as f64;
                loss_total = Float(0.0);
                println!("[{i} - {}%] loss = {loss_avg:05.4}", Float(i as f64 / n_iter as f64 * 100.0));
            }
        }
    };

    // ## Translating
    lab.cell(12);
    fn evaluate(
        pairs: &[Vec<String>],
        source_vocab: &Vocab,
        target_vocab: &Vocab,
        encoder: &Encoder,
        decoder: &Decoder,
        target_max_length: usize,
        device: torch::Device,
    ) {
        for pair in pairs {
            println!("> {}", pair[0]);
            println!("= {}", pair[1]);
            let source_tensor = tensorize(source_vocab, &pair[0], device);
            let source_length = source_tensor.size_dim(0);
            let mut encoder_hidden = torch::zeros([1, 1, encoder.hidden_size]).to(device);

            for ei in 0..source_length {
                (_, encoder_hidden) = encoder.forward(&source_tensor.i(ei), &encoder_hidden);
            }

            let mut decoder_input = torch::Tensor([[SOS_token]]).long().to(device);
            let mut decoder_hidden = encoder_hidden;
            let mut decoded_words = Vec::new();

            for _ in 0..target_max_length {
                let decoder_output;
                (decoder_output, decoder_hidden) = decoder.forward(&decoder_input, &decoder_hidden);
                let (_, top_index) = decoder_output.data().topk(1).into();
                if top_index.item_int() == EOS_token {
                    decoded_words.push("<EOS>");
                    break;
                } else {
                    decoded_words.push(&target_vocab.index2vocab[&top_index.item_int()]);
                }

                decoder_input = top_index.squeeze().detach();
            }

            let predict_words = decoded_words;
            let predict_sentence = predict_words.join(" ");
            println!("< {predict_sentence}");
            println!("");
        }
    }

    // ## Run
    lab.cell(13);
    let SOURCE_MAX_LENGTH: usize = 10;
    let TARGET_MAX_LENGTH: usize = 12;

    lab.cell(14);
    let (load_pairs, load_source_vocab, load_target_vocab) =
        preprocess(&raw, SOURCE_MAX_LENGTH, TARGET_MAX_LENGTH);
    println!("{}", random::choice(&load_pairs).str());

    lab.cell(15);
    let enc_hidden_size = 16;
    let dec_hidden_size = enc_hidden_size;
    let enc = Encoder::new(load_source_vocab.n_vocab, enc_hidden_size).to(device);
    let dec = Decoder::new(dec_hidden_size, load_target_vocab.n_vocab).to(device);

    lab.cell(16);
    let nb_epochs = lab.epochs(5000);
    train(&load_pairs, &load_source_vocab, &load_target_vocab, &enc, &dec, nb_epochs, 1000, device);

    lab.cell(17);
    evaluate(&load_pairs, &load_source_vocab, &load_target_vocab, &enc, &dec, TARGET_MAX_LENGTH, device);

    // ## Before the training
    lab.cell(18);
    torch::manual_seed(lab.seed(0));
    let new_enc = Encoder::new(load_source_vocab.n_vocab, enc_hidden_size).to(device);
    let new_dec = Decoder::new(dec_hidden_size, load_target_vocab.n_vocab).to(device);
    evaluate(
        &load_pairs,
        &load_source_vocab,
        &load_target_vocab,
        &new_enc,
        &new_dec,
        TARGET_MAX_LENGTH,
        device,
    );

    // ## Has it learned to translate?
    lab.cell(19);
    let new_pairs = [
        ["rust is fast.", "러스트는 빠르다."],
        ["rust is very sleepy.", "러스트는 아주 잠이 온다."],
        ["sleepy. feel i", "온다. 잠이 나는"],
    ]
    .map(|pair| pair.map(str::to_string).to_vec());
    evaluate(&new_pairs, &load_source_vocab, &load_target_vocab, &enc, &dec, TARGET_MAX_LENGTH, device);

    // ## What the encoder hands over
    lab.cell(20);
    let mut states = Vec::new();
    let sentences: Vec<String> = load_pairs.iter().chain(&new_pairs).map(|pair| pair[0].clone()).collect();
    torch::no_grad(|| {
        for sentence in &sentences {
            let mut hidden = torch::zeros([1, 1, enc_hidden_size]).to(device);
            for word in &tensorize(&load_source_vocab, sentence, device) {
                (_, hidden) = enc.forward(&word, &hidden);
            }
            states.push(hidden.view([-1]).cpu());
        }
    });
    let states = torch::stack(states, 0);
    for k in 4..7 {
        let distances = (states.i(..4) - states.i(k as i64)).pow(2).sum_dim(1);
        let nearest = distances.argmin(0).item_int() as usize;
        println!("{} is nearest to: {}", sentences[k], sentences[nearest]);
    }
    plt::figure().figsize((10., 4.));
    plt::imshow(&states).cmap("RdBu").vmin(-1).vmax(1);
    plt::yticks_labels(0..7, &sentences.iter().map(String::as_str).collect::<Vec<_>>());
    plt::xlabel("hidden unit");
    plt::colorbar();
    plt::tight_layout();
    plt::show();
    Ok(())
}
