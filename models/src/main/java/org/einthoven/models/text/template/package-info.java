/**
 * The part of the template language Jinja that chat templates of language models are written in
 * (jinja.palletsprojects.com, and Hugging Face's "Chat templates").
 */
package org.einthoven.models.text.template;
