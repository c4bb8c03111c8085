package org.einthoven.models.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.einthoven.models.io.Shared;
import org.einthoven.models.text.ChatTemplate.Message;
import org.einthoven.tensor.FormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ChatTemplateTest {
    private static final String LLAMA2 =
            "{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}"
                    + "{% set system_message = messages[0]['content'] %}{% else %}{% set loop_messages = messages %}"
                    + "{% set system_message = false %}{% endif %}{% for message in loop_messages %}"
                    + "{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"
                    + "{{ raise_exception('roles must alternate') }}{% endif %}"
                    + "{% if loop.index0 == 0 and system_message != false %}"
                    + "{% set content = '<<SYS>>\\n' + system_message + '\\n<</SYS>>\\n\\n' + message['content'] %}"
                    + "{% else %}{% set content = message['content'] %}{% endif %}"
                    + "{% if message['role'] == 'user' %}{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}"
                    + "{% elif message['role'] == 'assistant' %}{{ ' '  + content.strip() + ' ' + eos_token }}"
                    + "{% endif %}{% endfor %}";

    private static List<Message> messages(String... rolesAndContents) {
        List<Message> all = new ArrayList<>();
        for (int i = 0; i < rolesAndContents.length; i += 2) {
            all.add(new Message(rolesAndContents[i], rolesAndContents[i + 1]));
        }
        return all;
    }

    private static String rendered(String template, String... rolesAndContents) {
        return new ChatTemplate(template, "test").render(messages(rolesAndContents), true, "<s>", "</s>");
    }

    @ParameterizedTest
    @CsvSource({"llama3, llama3_1", "gemma2, gemma2", "gemma3, gemma3"})
    void theChatsOfEveryFamily(String family, String tokenizer) {
        JsonNode all = JsonMapper.shared()
                .readTree(Shared.data("tokenizers/chat-visible.json").toFile())
                .get(family);
        ChatTemplate template = new ChatTemplate(all.get("chat_template").asString(), family);
        Tokenizer t = Tokenizers.open(Shared.data("tokenizers/" + tokenizer));
        assertTrue(all.get("cases").size() >= 4);
        for (JsonNode c : all.get("cases")) {
            List<Message> messages = new ArrayList<>();
            for (JsonNode m : c.get("messages")) {
                messages.add(
                        new Message(m.get("role").asString(), m.get("content").asString()));
            }
            boolean begin = c.get("add_generation_prompt").asBoolean();
            String text = template.render(messages, begin, t);
            assertEquals(c.get("text").asString(), text);
            int[] ids = JsonMapper.shared().convertValue(c.get("ids"), int[].class);
            assertArrayEquals(ids, t.encodeMarked(text));
            if (begin) {
                assertArrayEquals(ids, template.encode(messages, t));
            }
        }
    }

    @Test
    void llama2() {
        assertEquals(
                "<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nHello [/INST] Hi </s><s>[INST] Bye [/INST]",
                rendered(LLAMA2, "system", "Be brief.", "user", "Hello", "assistant", "Hi", "user", " Bye "));
        Tokenizer t = Tokenizers.open(Shared.data("tokenizers/llama2"));
        int[] ids = new ChatTemplate(LLAMA2, "test").encode(messages("user", "Hello", "assistant", "Hi"), t);
        assertEquals(1, ids[0]);
        assertEquals(2, ids[ids.length - 1]);
        assertEquals("[INST] Hello [/INST] Hi ", t.decode(ids));
    }

    /** Rendered by Jinja 2 itself, set up as Hugging Face does. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`{%- for m in messages -%}\n  {{ m.content | trim }}\n  {%- if not loop.last %}, {% endif %}\n{% endfor %}`|`a, b`",
                "`  {% if true %}\n  x\n  {% endif %}\ny`|`  x\ny`",
                "`{{ '%s' if false else 'b' ~ (1 + 2) }}`|`b3`",
                "`{% set n = namespace(k=0) %}{% for m in messages %}{% set n.k = n.k + m.content|length %}{% endfor %}{{ n.k }}`|`4`",
                "`{{ messages[-1]['role'] }}{{ messages[:1]|length }}{{ 'x' in 'axb' and 'q' not in 'axb' }}`|`user1True`",
                "`{{ {'a': [1, 2.5, none, true], 'b': '\"ü\\n'} | tojson }}`|`{\"a\": [1, 2.5, null, true], \"b\": \"\\\"ü\\n\"}`",
                "`{% for k, v in {'a': 1, 'b': 2}.items() if v > 1 %}{{ k }}{{ loop.index }}{% else %}none{% endfor %}`|`b1`",
                "`{% for k, v in {'b': 1, 'C': 3, 'A': 2}|dictsort %}{{ k }}{{ v }}{% endfor %}`|`A2b1C3`",
                "`{{ x is defined }} {{ x | default('d') }} {{ 7 // 2 }} {{ -7 % 3 }} {{ 7 / 2 }} {{ 2 * 3 - 1 }}`|`False d 3 2 3.5 5`",
                "`{# c #}\n{{ 'a b'.split()[1] }}{{ ['x', 'y'] | join('-') }}{{ 'ab'.upper() + 'CD' | lower }}`|`bx-yABcd`",
                "`{{ 'a' * 3 }}{{ (1, 2) | last }}{{ not false and none is none }}{{ 'é'[0] }}{{ [1,2,3][::-1] }}`|`aaa2Trueé[3, 2, 1]`",
            })
    void whatJinjaDoes(String template, String text) {
        assertEquals(text, rendered(template, "system", " a ", "user", "b"));
    }

    @Test
    void keysThatAreNoStringsHaveNoValue() {
        String t = "{{ messages[0][none] is defined }} {{ none in messages[0] }} {{ messages[0].get(1, 2) }}";
        assertEquals("False False 2", rendered(t, "user", "hello"));
    }

    @Test
    void mapsAreEqualInAnyOrder() {
        String t =
                "{{ {'a': [1], 'b': 2} == {'b': 2, 'a': [1]} }} {{ {'a': 1} == {'a': 2} }} {{ {'a': 1} == {'b': 1} }}";
        assertEquals("True False False", rendered(t, "user", "hello"));
    }

    @Test
    void aRangeMayEndBeyondTheLargestNumber() {
        assertEquals("[5]", rendered("{{ range(5, 10, 9223372036 * 999999999) }}", "user", "hello"));
    }

    @Test
    void whatATemplateRefusesNamesTheFileAndTheReason() {
        FormatException e = assertThrows(FormatException.class, () -> rendered(LLAMA2, "assistant", "I begin"));
        assertEquals("chat_template", e.field());
        assertTrue(e.getMessage().contains("roles must alternate"), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% if x %}",
                "{% for m in messages %}",
                "{{ 1 +",
                "{{ 'a",
                "{% macro f() %}{% endmacro %}",
                "{{ x | nosuch }}",
                "{{ no_such() }}",
                "{{ x.y }}",
                "{% endif %}",
                "{{ 1 // 0 }}",
                "{% for i in range(99999999999) %}{% endfor %}",
                "{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}",
                "{% for i in range(100000) %}{{ 'x' * 1000 }}{% endfor %}",
                "{{ messages[none].x }}",
                "{{ 999999999999 * 999999999999 }}",
                "{% set s = 'a' * 16000000 %}{{ s.replace('a', s) | length }}",
                "{% set s = 'a' * 16000000 %}{{ s | replace('', s) | length }}",
                "{% set s = 'a' * 16000000 %}{{ [s, s, s, s] | join(s) | length }}",
                "{% set s = 'a' * 16000000 %}{% for c in s %}{% endfor %}",
                "{% set s = 'a' * 16000000 %}{% for i in range(100000) %}{% set t = s | upper %}{% endfor %}",
                "{{ [1] | tojson(indent=2000000000) }}",
                "{{ 'a'.split('') }}",
                "{% set n = namespace(a=[], b=[]) %}{% for i in range(80) %}{% set n.a = [n.a, n.a] %}"
                        + "{% set n.b = [n.b, n.b] %}{% endfor %}{{ n.a == n.b }}",
                "{# c",
                "{{ \u00a7 }}"
            })
    void aBrokenTemplateIsRefused(String template) {
        assertThrows(FormatException.class, () -> rendered(template, "user", "hello"));
    }

    @Test
    void aTemplateNestedTooDeepIsRefused() {
        assertThrows(FormatException.class, () -> rendered("{{ " + "(".repeat(100_000)));
        assertThrows(FormatException.class, () -> rendered("{{ " + "not ".repeat(100_000) + "x }}"));
        assertThrows(FormatException.class, () -> rendered("{{ " + "-".repeat(100_000) + "1 }}"));
        assertThrows(FormatException.class, () -> rendered("{% if true %}".repeat(100_000)));
    }

    @Test
    void theTemplateOfAFolder(@TempDir Path folder) throws IOException {
        assertTrue(ChatTemplate.in(folder).isEmpty());
        Path config = folder.resolve("tokenizer_config.json");
        Files.writeString(config, "{\"bos_token\": \"<s>\", \"chat_template\": \"one\"}");
        assertEquals("one", ChatTemplate.textIn(folder).orElseThrow());
        Files.writeString(
                config,
                "{\"chat_template\": [{\"name\": \"tool_use\", \"template\": \"t\"}, {\"name\": \"default\", \"template\": \"d\"}]}");
        assertEquals("d", ChatTemplate.textIn(folder).orElseThrow());
        Files.writeString(folder.resolve("chat_template.jinja"), "own");
        assertEquals("own", ChatTemplate.textIn(folder).orElseThrow());
    }
}
