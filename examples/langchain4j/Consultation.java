import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.einthoven.langchain4j.EinthovenStreamingChatModel;
import org.einthoven.models.llm.Llm;

/**
 * Talks with a model through LangChain4j, in this process: each line of the terminal is a question, and the answer is printed
 * while it is written. The model is a folder from Hugging Face or a .gguf with a chat template, such as Llama 3.2 1B Instruct.
 * From the top of the checkout:
 *
 * <pre>
 * mvn -pl models/langchain4j -am -DskipTests package dependency:copy-dependencies -DincludeScope=runtime
 * java --add-modules jdk.incubator.vector \
 *     -cp 'models/langchain4j/target/*:models/langchain4j/target/dependency/*' \
 *     examples/langchain4j/Consultation.java MODEL
 * </pre>
 */
final class Consultation {
    private Consultation() {}

    public static void main(String[] args) {
        try (Llm llm = Llm.open(Path.of(args[0]))) {
            StreamingChatModel model = new EinthovenStreamingChatModel(llm);
            List<ChatMessage> said = new ArrayList<>(
                    List.of(SystemMessage.from("You explain electrocardiograms to students, briefly.")));
            for (String question = IO.readln("> "); question != null; question = IO.readln("> ")) {
                said.add(UserMessage.from(question));
                said.add(answer(model, said));
            }
        }
    }

    private static AiMessage answer(StreamingChatModel model, List<ChatMessage> said) {
        ChatRequest request = ChatRequest.builder()
                .messages(said)
                .temperature(0.7)
                .maxOutputTokens(400)
                .build();
        CompletableFuture<AiMessage> answer = new CompletableFuture<>();
        model.chat(request, new StreamingChatResponseHandler() {
            @Override
            public void onPartialResponse(String piece) {
                System.out.print(piece);
            }

            @Override
            public void onCompleteResponse(ChatResponse response) {
                System.out.println();
                answer.complete(response.aiMessage());
            }

            @Override
            public void onError(Throwable error) {
                answer.completeExceptionally(error);
            }
        });
        return answer.join();
    }
}
