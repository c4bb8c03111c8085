package org.einthoven.suite.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * A project below {@code examples/}, built and run as its user would, in a JVM of its own that has the project's dependencies
 * on its class path; no installed jar and no network is needed.
 *
 * @param root the project's folder
 * @param work where classes go
 * @param classPath the jars and folders that stand for its dependencies
 */
record ExampleProject(Path root, Path work, List<Path> classPath) {
    private static final long LONGEST_SECONDS = 300;

    /** @param dependencies one class from each jar that the project may see */
    static ExampleProject of(String name, Path work, List<String> dependencies) {
        Path root = Path.of(System.getProperty("einthoven.root"), "examples", name);
        return new ExampleProject(
                root,
                work,
                dependencies.stream().map(ExampleProject::whereIs).distinct().toList());
    }

    private static Path whereIs(String className) {
        try {
            return Path.of(Class.forName(className, false, ExampleProject.class.getClassLoader())
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (ClassNotFoundException | URISyntaxException e) {
            throw new AssertionError(className + " is not among the dependencies of the suite", e);
        }
    }

    /** {@code groupId:artifactId} of what the project's pom depends on. */
    Set<String> dependencies() throws Exception {
        Element pom = DocumentBuilderFactory.newDefaultNSInstance()
                .newDocumentBuilder()
                .parse(root.resolve("pom.xml").toFile())
                .getDocumentElement();
        Set<String> names = new TreeSet<>();
        NodeList all = pom.getElementsByTagNameNS("*", "dependency");
        for (int i = 0; i < all.getLength(); i++) {
            Element dependency = (Element) all.item(i);
            if (text(dependency, "scope").equals("import")) {
                continue;
            }
            names.add(text(dependency, "groupId") + ":" + text(dependency, "artifactId"));
        }
        return names;
    }

    private static String text(Element element, String child) {
        NodeList found = element.getElementsByTagNameNS("*", child);
        return found.getLength() == 0 ? "" : found.item(0).getTextContent();
    }

    /** Compiles every source against the dependencies alone; a warning is a failure. */
    void compile() throws IOException {
        List<Path> sources;
        try (Stream<Path> files = Files.walk(root.resolve("src"))) {
            sources = files.filter(p -> p.toString().endsWith(".java")).toList();
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<String> options =
                List.of("-d", work.toString(), "-parameters", "-proc:none", "-Xlint:all", "-cp", joined(classPath));
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            compiler.getTask(messages, files, null, options, null, files.getJavaFileObjectsFromPaths(sources))
                    .call();
        }
        assertEquals("", messages.toString());
    }

    /** What {@link RunTests} prints of some of its test classes. */
    String run(String... tests) throws IOException, InterruptedException {
        List<Path> path = new ArrayList<>(classPath);
        path.add(work);
        path.add(whereIs(RunTests.class.getName()));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                joined(path),
                RunTests.class.getName()));
        command.addAll(List.of(tests));
        Path out = work.resolve("out.txt");
        Process process = new ProcessBuilder(command)
                .directory(work.toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        assertTrue(process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS), "the tests of " + root + " do not end");
        String printed = Files.readString(out, StandardCharsets.UTF_8);
        assertEquals(0, process.exitValue(), printed);
        return printed;
    }

    private static String joined(List<Path> path) {
        return path.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }
}
