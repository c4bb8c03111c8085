package org.einthoven.data.check;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.einthoven.data.MimicIvEcg;
import org.einthoven.data.ptbxl.LabelQuestions;
import org.einthoven.tensor.FormatException;

/** The published data sets that a copy can be checked against, and the page each comes from. */
public enum DataSet {
    PTB_XL("PTB-XL 1.0.3", "https://physionet.org/content/ptb-xl/1.0.3/", "CC BY 4.0", LabelQuestions.TABLE),
    MIMIC_IV_ECG("MIMIC-IV-ECG 1.0", "https://physionet.org/content/mimic-iv-ecg/1.0/", "ODbL 1.0", MimicIvEcg.FILE),
    ECG_QA("ECG-QA 1.0.2", "https://github.com/Jwoo5/ecg-qa", "CC BY 4.0", "a folder paraphrased or template");

    private final String title;
    private final String page;
    private final String licence;
    private final String sign;

    DataSet(String title, String page, String licence, String sign) {
        this.title = title;
        this.page = page;
        this.licence = licence;
        this.sign = sign;
    }

    /** Name and version. */
    public String title() {
        return title;
    }

    /** The public page that it comes from. */
    public String page() {
        return page;
    }

    public String licence() {
        return licence;
    }

    /**
     * The data set that {@code folder} is a copy of.
     *
     * @throws FormatException when it is none of these, saying what each is recognised by
     */
    public static DataSet of(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new FormatException(folder.toString(), FormatException.WHOLE_FILE, "folder", "no such folder");
        }
        return found(folder)
                .orElseThrow(() -> new FormatException(
                        folder.toString(),
                        FormatException.WHOLE_FILE,
                        "folder",
                        "is no copy of a data set that is known here: "
                                + Arrays.stream(values())
                                        .map(set -> set.title + " is known by " + set.sign)
                                        .collect(Collectors.joining(", "))));
    }

    private static Optional<DataSet> found(Path folder) {
        if (Files.isRegularFile(folder.resolve(LabelQuestions.TABLE))) {
            return Optional.of(PTB_XL);
        }
        if (Files.isRegularFile(folder.resolve(MimicIvEcg.FILE))) {
            return Optional.of(MIMIC_IV_ECG);
        }
        return QuestionCopy.parts(folder).isEmpty() ? Optional.empty() : Optional.of(ECG_QA);
    }
}
