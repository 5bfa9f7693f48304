package draft

import (
	"errors"
	"strings"
	"text/template"
	"unicode/utf8"
)

// funcs are what templates may call besides text/template's own.
var funcs = template.FuncMap{
	"pick":     pick,
	"sentence": sentence,
	"period":   period,
	"elide":    elide,
	"na":       na,
	"plural":   plural,
}

// pick chooses among wordings by the variant's number, so that two people of a
// loop are told the same thing in other words.
func pick(variant int, wordings ...string) (string, error) {
	if len(wordings) == 0 {
		return "", errors.New("pick needs at least one wording")
	}
	return wordings[max(variant, 0)%len(wordings)], nil
}

// sentence ends the text with a full stop unless it has an end already.
func sentence(s string) string { return endWith(s, ".") }

// period does the same in Chinese and Japanese.
func period(s string) string { return endWith(s, "。") }

func endWith(s, stop string) string {
	last, _ := utf8.DecodeLastRuneInString(strings.TrimRight(s, "\"'”’»)）」"))
	if strings.ContainsRune(".!?…。！？", last) {
		return s
	}
	return s + stop
}

// elide puts the French "de" before a word: "de Data Engineer", "d’ingénieur".
func elide(s string) string {
	first, _ := utf8.DecodeRuneInString(strings.ToLower(s))
	if strings.ContainsRune("aeiouàâäéèêëîïôöûüœæ", first) {
		return "d’" + s
	}
	return "de " + s
}

// masculine are first words of Brazilian employers' names that take "o".
var masculine = map[string]bool{
	"banco": true, "hospital": true, "instituto": true, "grupo": true, "colégio": true, "clube": true, "centro": true,
	"laboratório": true, "escritório": true, "ministério": true, "tribunal": true, "museu": true, "google": true,
	"itaú": true, "bradesco": true, "santander": true, "nubank": true, "ifood": true, "mercado": true, "carrefour": true,
	"conselho": true, "supermercado": true, "hotel": true, "consórcio": true, "sindicato": true, "senai": true, "sesc": true,
}

// na puts the Portuguese "em" with its article before an employer's name: "na
// Northwind", as of any empresa, but "no Hospital Central".
func na(company string) string {
	first, _, _ := strings.Cut(strings.ToLower(company), " ")
	if masculine[first] {
		return "no " + company
	}
	return "na " + company
}

// plural chooses the form of a noun that goes with the number: of two forms by
// one and many, of three as Polish has it.
func plural(n int, forms ...string) (string, error) {
	switch {
	case len(forms) != 2 && len(forms) != 3:
		return "", errors.New("plural needs two forms, or three")
	case n == 1:
		return forms[0], nil
	case len(forms) == 3 && (n%10 < 2 || n%10 > 4 || n%100/10 == 1):
		return forms[2], nil
	}
	return forms[1], nil
}
